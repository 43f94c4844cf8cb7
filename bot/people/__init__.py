"""Who may do what: roles, invitations, and the commands that change them."""
