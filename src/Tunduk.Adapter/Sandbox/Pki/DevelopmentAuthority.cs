using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>
/// The certification authority of the sandbox. The first start creates root, OCSP responder and time-stamping authority in
/// a folder; later starts load them. Every certificate carries <see cref="SandboxMarker"/>.
/// </summary>
internal sealed class DevelopmentAuthority : IDisposable
{
    private const string OcspSigningEku = "1.3.6.1.5.5.7.3.9";
    private const string TimeStampingEku = "1.3.6.1.5.5.7.3.8";
    private const string ServerAuthEku = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthEku = "1.3.6.1.5.5.7.3.2";
    private const string OcspNoCheckOid = "1.3.6.1.5.5.7.48.1.5";
    private static readonly TimeSpan RootLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(730);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<string, SandboxCertificate> _open = new(StringComparer.Ordinal);

    private DevelopmentAuthority(string folder, TimeProvider time)
    {
        Folder = folder;
        _time = time;
        Register = new CertificateRegister(folder);
        Root = OpenOrCreate("root", null, CreateRoot);
        Ocsp = OpenOrCreate("ocsp", new X500DistinguishedName("CN=Sandbox OCSP responder"), static request =>
        {
            request.CertificateExtensions.Add(KeyUsage(X509KeyUsageFlags.DigitalSignature));
            request.CertificateExtensions.Add(ExtendedUsage(OcspSigningEku, critical: false));
            // RFC 6960 §4.2.2.2.1: nobody asks about the responder itself.
            request.CertificateExtensions.Add(new X509Extension(new Oid(OcspNoCheckOid), [5, 0], critical: false));
        });
        Tsa = OpenOrCreate("tsa", new X500DistinguishedName("CN=Sandbox time-stamping authority"), static request =>
        {
            request.CertificateExtensions.Add(KeyUsage(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation));
            // RFC 3161 §2.3: this extended key usage alone, and critical.
            request.CertificateExtensions.Add(ExtendedUsage(TimeStampingEku, critical: true));
        });
    }

    /// <summary>Where keys and certificates lie (mode 0700).</summary>
    public string Folder { get; }

    public SandboxCertificate Root { get; }

    public SandboxCertificate Ocsp { get; }

    public SandboxCertificate Tsa { get; }

    public CertificateRegister Register { get; }

    /// <summary>Opens the authority in a folder, creating what is missing.</summary>
    public static DevelopmentAuthority OpenOrCreate(string folder, TimeProvider time)
    {
        PrivateFiles.CreateFolder(folder);
        return new DevelopmentAuthority(Path.GetFullPath(folder), time);
    }

    /// <summary>
    /// The signing certificate of an information system: RSA-2048, digitalSignature and nonRepudiation, subject
    /// C=KG, O, serialNumber = member code, CN. Issued at the first call with this name, loaded afterwards.
    /// </summary>
    public SandboxCertificate SigningCertificate(string name, string memberCode, string organisation, string commonName)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCountryOrRegion("KG");
        subject.AddOrganizationName(organisation);
        subject.Add("2.5.4.5", memberCode, UniversalTagNumber.PrintableString);
        subject.AddCommonName(commonName);
        return OpenOrCreate(name, subject.Build(), static request => request.CertificateExtensions.Add(
            KeyUsage(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)));
    }

    /// <summary>A TLS certificate for loopback (localhost, 127.0.0.1, ::1), good for both ends of a connection.</summary>
    public SandboxCertificate TlsCertificate(string name) => OpenOrCreate(name, new X500DistinguishedName($"CN={name}"), static request =>
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddIpAddress(System.Net.IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(KeyUsage(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(ServerAuthEku), new Oid(ClientAuthEku)], critical: false));
    });

    /// <summary>A second responder, whose own certificate is to be asked about: it has no ocsp-nocheck.</summary>
    public SandboxCertificate OcspToBeAsked => OpenOrCreate("ocsp-asked", new X500DistinguishedName("CN=Sandbox OCSP responder to be asked about"), static request =>
    {
        request.CertificateExtensions.Add(KeyUsage(X509KeyUsageFlags.DigitalSignature));
        request.CertificateExtensions.Add(ExtendedUsage(OcspSigningEku, critical: false));
    });

    /// <summary>Revokes a certificate from now on: OCSP and the revocation list say so.</summary>
    public void Revoke(X509Certificate2 certificate, RevocationReason reason) =>
        Register.Revoke(certificate.SerialNumber, _time.GetUtcNow(), reason);

    public void Dispose()
    {
        foreach (SandboxCertificate certificate in _open.Values)
        {
            certificate.Dispose();
        }
    }

    private static X509KeyUsageExtension KeyUsage(X509KeyUsageFlags flags) => new(flags, critical: true);

    private static X509EnhancedKeyUsageExtension ExtendedUsage(string oid, bool critical) => new([new Oid(oid)], critical);

    private static void CreateRoot(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(KeyUsage(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign));
    }

    private SandboxCertificate OpenOrCreate(string name, X500DistinguishedName? subject, Action<CertificateRequest> extend)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(name, out SandboxCertificate? known))
            {
                return known;
            }

            string certificatePath = Path.Combine(Folder, name + ".cert.pem");
            string keyPath = Path.Combine(Folder, name + ".key.pem");
            if (!File.Exists(certificatePath))
            {
                Create(name, subject, extend, certificatePath, keyPath);
            }

            var opened = new SandboxCertificate(
                name, certificatePath, keyPath, X509Certificate2.CreateFromPemFile(certificatePath, keyPath));
            _open.Add(name, opened);
            return opened;
        }
    }

    private void Create(string name, X500DistinguishedName? subject, Action<CertificateRequest> extend, string certificatePath, string keyPath)
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest(
            subject ?? new X500DistinguishedName($"CN=Sandbox development CA, O={SandboxMarker.Organisation}, C=KG"),
            key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(SandboxMarker.CreateExtension());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = _time.GetUtcNow();
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        X509Certificate2 certificate;
        if (subject is null)
        {
            extend(request);
            certificate = request.Create(
                request.SubjectName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1),
                now - TimeSpan.FromMinutes(5), now + RootLifetime, serial);
        }
        else
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
            request.CertificateExtensions.Add(
                X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Root.Certificate, true, false));
            extend(request);
            // A leaf does not outlive its root.
            var rootEnd = new DateTimeOffset(Root.Certificate.NotAfter);
            DateTimeOffset end = now + LeafLifetime > rootEnd ? rootEnd : now + LeafLifetime;

            certificate = request.Create(Root.Certificate, now - TimeSpan.FromMinutes(5), end, serial);
        }

        // The key goes first: a certificate file is the sign that both are there.
        using (certificate)
        {
            PrivateFiles.Write(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
            Register.Issued(certificate.SerialNumber, name);
            PrivateFiles.Write(certificatePath, certificate.ExportCertificatePem() + "\n");
        }
    }
}
