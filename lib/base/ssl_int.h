/* SPDX-License-Identifier: Apache-2.0 */
/* ssl_int.h — OpenSSL's libcrypto, loaded when the process opens its context: before that nothing
 * is signed, sealed or hashed, and help, completion and the console's first frame need not wait for
 * it. The names below are redirected, so that the code reads as ever. */
#ifndef PNI_SSL_H
#define PNI_SSL_H

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdbool.h>

struct pni_ssl {
#define SSL(name) __typeof__(&name) name##_;
#include "base/ssl.def"
#undef SSL
};

#pragma GCC visibility push(hidden)
extern struct pni_ssl pni_ssl;
/** Load it, once a process. False: it is not there. */
bool pni_ssl_load(void);
#pragma GCC visibility pop

#ifndef PNI_SSL_PLAIN
#define ASN1_INTEGER_to_BN (*pni_ssl.ASN1_INTEGER_to_BN_)
#define BIO_ctrl (*pni_ssl.BIO_ctrl_)
#define BIO_free (*pni_ssl.BIO_free_)
#define BIO_new (*pni_ssl.BIO_new_)
#define BIO_new_mem_buf (*pni_ssl.BIO_new_mem_buf_)
#define BIO_s_mem (*pni_ssl.BIO_s_mem_)
#define BN_bn2dec (*pni_ssl.BN_bn2dec_)
#define BN_bn2hex (*pni_ssl.BN_bn2hex_)
#define BN_free (*pni_ssl.BN_free_)
#define CRYPTO_free (*pni_ssl.CRYPTO_free_)
#define CRYPTO_memcmp (*pni_ssl.CRYPTO_memcmp_)
#define ERR_clear_error (*pni_ssl.ERR_clear_error_)
#define EVP_CIPHER_CTX_ctrl (*pni_ssl.EVP_CIPHER_CTX_ctrl_)
#define EVP_CIPHER_CTX_free (*pni_ssl.EVP_CIPHER_CTX_free_)
#define EVP_CIPHER_CTX_new (*pni_ssl.EVP_CIPHER_CTX_new_)
#define EVP_CIPHER_get_key_length (*pni_ssl.EVP_CIPHER_get_key_length_)
#define EVP_CipherFinal_ex (*pni_ssl.EVP_CipherFinal_ex_)
#define EVP_CipherInit_ex (*pni_ssl.EVP_CipherInit_ex_)
#define EVP_CipherUpdate (*pni_ssl.EVP_CipherUpdate_)
#define EVP_DecodeBlock (*pni_ssl.EVP_DecodeBlock_)
#define EVP_DecryptFinal_ex (*pni_ssl.EVP_DecryptFinal_ex_)
#define EVP_DecryptInit_ex (*pni_ssl.EVP_DecryptInit_ex_)
#define EVP_DecryptUpdate (*pni_ssl.EVP_DecryptUpdate_)
#define EVP_Digest (*pni_ssl.EVP_Digest_)
#define EVP_DigestFinal_ex (*pni_ssl.EVP_DigestFinal_ex_)
#define EVP_DigestInit_ex (*pni_ssl.EVP_DigestInit_ex_)
#define EVP_DigestSign (*pni_ssl.EVP_DigestSign_)
#define EVP_DigestSignInit (*pni_ssl.EVP_DigestSignInit_)
#define EVP_DigestUpdate (*pni_ssl.EVP_DigestUpdate_)
#define EVP_DigestVerify (*pni_ssl.EVP_DigestVerify_)
#define EVP_DigestVerifyInit (*pni_ssl.EVP_DigestVerifyInit_)
#define EVP_EncodeBlock (*pni_ssl.EVP_EncodeBlock_)
#define EVP_EncryptFinal_ex (*pni_ssl.EVP_EncryptFinal_ex_)
#define EVP_EncryptInit_ex (*pni_ssl.EVP_EncryptInit_ex_)
#define EVP_EncryptUpdate (*pni_ssl.EVP_EncryptUpdate_)
#define EVP_MD_CTX_free (*pni_ssl.EVP_MD_CTX_free_)
#define EVP_MD_CTX_new (*pni_ssl.EVP_MD_CTX_new_)
#define EVP_PKEY_CTX_free (*pni_ssl.EVP_PKEY_CTX_free_)
#define EVP_PKEY_CTX_new (*pni_ssl.EVP_PKEY_CTX_new_)
#define EVP_PKEY_CTX_set_rsa_padding (*pni_ssl.EVP_PKEY_CTX_set_rsa_padding_)
#define EVP_PKEY_decrypt (*pni_ssl.EVP_PKEY_decrypt_)
#define EVP_PKEY_decrypt_init (*pni_ssl.EVP_PKEY_decrypt_init_)
#define EVP_PKEY_encrypt (*pni_ssl.EVP_PKEY_encrypt_)
#define EVP_PKEY_encrypt_init (*pni_ssl.EVP_PKEY_encrypt_init_)
#define EVP_PKEY_free (*pni_ssl.EVP_PKEY_free_)
#define EVP_PKEY_get_size (*pni_ssl.EVP_PKEY_get_size_)
#define EVP_PKEY_up_ref (*pni_ssl.EVP_PKEY_up_ref_)
#define EVP_aes_128_cbc (*pni_ssl.EVP_aes_128_cbc_)
#define EVP_aes_128_ecb (*pni_ssl.EVP_aes_128_ecb_)
#define EVP_aes_256_ecb (*pni_ssl.EVP_aes_256_ecb_)
#define EVP_aes_256_gcm (*pni_ssl.EVP_aes_256_gcm_)
#define EVP_get_digestbyname (*pni_ssl.EVP_get_digestbyname_)
#define EVP_md5 (*pni_ssl.EVP_md5_)
#define EVP_sha1 (*pni_ssl.EVP_sha1_)
#define EVP_sha256 (*pni_ssl.EVP_sha256_)
#define EVP_sm3 (*pni_ssl.EVP_sm3_)
#define HMAC (*pni_ssl.HMAC_)
#define OBJ_obj2txt (*pni_ssl.OBJ_obj2txt_)
#define OPENSSL_hexstr2buf (*pni_ssl.OPENSSL_hexstr2buf_)
#define PEM_read_bio_PUBKEY (*pni_ssl.PEM_read_bio_PUBKEY_)
#define PEM_read_bio_PrivateKey (*pni_ssl.PEM_read_bio_PrivateKey_)
#define PEM_read_bio_X509 (*pni_ssl.PEM_read_bio_X509_)
#define OSSL_PROVIDER_try_load (*pni_ssl.OSSL_PROVIDER_try_load_)
#define OSSL_PROVIDER_unload (*pni_ssl.OSSL_PROVIDER_unload_)
#define PKCS12_free (*pni_ssl.PKCS12_free_)
#define PKCS12_parse (*pni_ssl.PKCS12_parse_)
#define PKCS12_verify_mac (*pni_ssl.PKCS12_verify_mac_)
#define X509_ALGOR_get0 (*pni_ssl.X509_ALGOR_get0_)
#define X509_NAME_print_ex (*pni_ssl.X509_NAME_print_ex_)
#define X509_cmp_time (*pni_ssl.X509_cmp_time_)
#define X509_free (*pni_ssl.X509_free_)
#define X509_get0_notAfter (*pni_ssl.X509_get0_notAfter_)
#define X509_get0_notBefore (*pni_ssl.X509_get0_notBefore_)
#define X509_get0_serialNumber (*pni_ssl.X509_get0_serialNumber_)
#define X509_get0_signature (*pni_ssl.X509_get0_signature_)
#define X509_get_issuer_name (*pni_ssl.X509_get_issuer_name_)
#define X509_get_pubkey (*pni_ssl.X509_get_pubkey_)
#define d2i_AutoPrivateKey (*pni_ssl.d2i_AutoPrivateKey_)
#define d2i_PKCS12_bio (*pni_ssl.d2i_PKCS12_bio_)
#define d2i_PUBKEY (*pni_ssl.d2i_PUBKEY_)
#define d2i_X509 (*pni_ssl.d2i_X509_)
#endif

#endif
