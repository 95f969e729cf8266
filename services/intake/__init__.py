"""Files and messages of the channels: read, mapped, taken or set aside."""
