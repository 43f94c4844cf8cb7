"""Work that goes on beside the answers: in this process alone, or once across several."""
