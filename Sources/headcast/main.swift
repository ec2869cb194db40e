print("headcast")
