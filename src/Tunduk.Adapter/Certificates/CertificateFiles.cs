namespace Tunduk.Adapter.Certificates;

/// <summary>The settings that name a certificate with its private key.</summary>
/// <param name="CertificateSetting">Name of the setting with <paramref name="Certificate"/>, for faults.</param>
/// <param name="Certificate">PEM file of the certificate, further certificates of its chain behind it; or, without <paramref name="Key"/>, a PKCS#12 file.</param>
/// <param name="KeySetting">Name of the setting with <paramref name="Key"/>.</param>
/// <param name="Key">PEM file of the private key (PKCS#8, PKCS#1 or SEC 1); null for PKCS#12.</param>
/// <param name="PasswordFile">File whose first line is the password of the key or of the PKCS#12 file; null for none.</param>
internal sealed record CertificateFiles(string CertificateSetting, string Certificate, string KeySetting, string? Key, string? PasswordFile);
