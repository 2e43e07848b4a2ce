"""One module per gap between the emulator and AWS; each has `close()`, called once before the emulator starts."""
