"""Rules of disputes and appeals. Pure: no clock, no I/O; time and known facts are arguments."""
