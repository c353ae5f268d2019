"""Questions and reports of the public about published results: taken in without an account, answered by the district."""
