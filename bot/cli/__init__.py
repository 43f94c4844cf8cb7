"""The command line: a command takes its arguments apart, calls a service and prints."""
