"""The sub-commands of `syslogger`; each module holds one click command called `command`."""
