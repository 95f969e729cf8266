"""Public families of assignment instances, read and generated; not yardsticks."""
