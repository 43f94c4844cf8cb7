"""Stand-ins for what lies beyond the border, as strict as the real thing."""
