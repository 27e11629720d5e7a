// Imported first, before any logger is made: thousands of requests, several lines each.
process.env.LOG_LEVEL ??= "silent";
