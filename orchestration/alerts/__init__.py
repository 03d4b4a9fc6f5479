"""Messages about what went wrong, one for each fault: from the events of runs to a webhook or a log file."""
