"""Rules of prior authorization. Pure: no clock, no I/O; time and known facts are arguments."""
