"""The commands of ``genvej``, one file a group; each reads its arguments, calls one room and says what happened."""
