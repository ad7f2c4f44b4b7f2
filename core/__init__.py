"""The words shared by all rooms; imports nothing of ours."""
