"""Rules of eligibility and coordination of benefits. Pure: no clock, no I/O."""
