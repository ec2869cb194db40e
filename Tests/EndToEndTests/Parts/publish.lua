-- wrk publishes 200 bytes per request.
wrk.method = "POST"
wrk.body = string.rep("x", 200)
