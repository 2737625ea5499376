/** A certificate for localhost that signs itself, good until 2126, with its key: for tests, and known to everybody. */

export const certificate = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUeEMr2Dn6uCd9P9liGk7F6DZxHHIwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjIwMDM1OVoYDzIxMjYxMDI5
MjAwMzU5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAT+TlnI1Iy/OTutsmyoBajcxYBxDOJmrHGcCgdTRGxhBHlQCrOau0Xk
g6mfFOZc00M+GfBDyE2gytCgJCzcPjxzo28wbTAdBgNVHQ4EFgQUGdgzt7l2UPWb
99WXWMndLqHvDL4wHwYDVR0jBBgwFoAUGdgzt7l2UPWb99WXWMndLqHvDL4wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAKLePD60CMUT/U/Up9qey1vtlEIs91zdNq93Op0xHdM4AiAr
IzntQlLWhuIf/KIaq9S3btgstmtFpoumpO7Ll6xPgA==
-----END CERTIFICATE-----`

export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggo73a+xuw449ZRjz
3yLdKHqkWKCecOqiYCJg24tSXdyhRANCAAT+TlnI1Iy/OTutsmyoBajcxYBxDOJm
rHGcCgdTRGxhBHlQCrOau0Xkg6mfFOZc00M+GfBDyE2gytCgJCzcPjxz
-----END PRIVATE KEY-----`
