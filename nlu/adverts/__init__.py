"""What a job advert asks for: trained on adverts written for it, in which the telling words are marked."""
