"""From the bot to a person: students write to the counsellors of their school, under an alias if they like."""
