"""Settings, wiring, command line, server: the only place where objects are built."""
