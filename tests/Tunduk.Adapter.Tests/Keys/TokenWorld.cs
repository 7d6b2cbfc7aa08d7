using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Keys;

/// <summary>A world whose consumer signs with a key in a SoftHSM token that has a second key, and whose provider pins both certificates. Each test leaves it as it found it.</summary>
public sealed class TokenWorld : IAsyncLifetime
{
    public const string First = "pkcs11:token=is;object=signing";
    public const string Second = "pkcs11:token=is;object=next";

    internal SoftToken Token { get; private set; } = null!;

    internal TestWorld World { get; private set; } = null!;

    internal string FirstSha256 { get; private set; } = "";

    internal string SecondSha256 { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Token = await SoftToken.CreateAsync();

        // Helper processes of this process find the token by it; no other test opens tokens in this process.
        Environment.SetEnvironmentVariable("SOFTHSM2_CONF", Token["softhsm.conf"]);
        FirstSha256 = MakeKey(First, 2048, "first.crt.pem");
        SecondSha256 = MakeKey(Second, 0, "second.crt.pem");
        World = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = options =>
            {
                options["Keys"]!["token"] = Token.Key("first.crt.pem", First);
                options["Own"]![0]!["SigningKey"] = "token";
            },
            ProviderAgreement = text => text.Replace(
                "certificates: [ ",
                $"certificates: [ {{ sha256: \"{FirstSha256}\", from: 2020-01-01, until: 2090-01-01 }}, {{ sha256: \"{SecondSha256}\", from: 2020-01-01, until: 2090-01-01 }}, ",
                StringComparison.Ordinal),
        });
    }

    public async Task DisposeAsync()
    {
        await World.DisposeAsync();
        Token.Dispose();
    }

    internal static AsymmetricAlgorithm Open(string uri, TimeProvider clock)
    {
        TokenUri.TryParse(uri, out var parsed, out _).ShouldBeTrue();
        TokenSession.TryOpen(parsed!, SoftToken.Module, SoftToken.Pin, TokenSession.OpenLimit, clock, out var key, out var fault).ShouldBeTrue(fault?.Problem);
        return key!;
    }

    private string MakeKey(string uri, int rsaBits, string file)
    {
        TokenUri.TryParse(uri, out var parsed, out _).ShouldBeTrue();
        TokenSession.Generate(parsed!, SoftToken.Module, SoftToken.Pin, rsaBits, [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]).ShouldBeNull();
        using var key = Open(uri, TimeProvider.System);
        var request = key is RSA rsa
            ? new CertificateRequest("CN=loans (invented)", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=loans (invented)", (ECDsa)key, HashAlgorithmName.SHA256);
        using var certificate = TestKeys.Issue(request.CreateSigningRequestPem());
        File.WriteAllText(Token[file], certificate.ExportCertificatePem() + "\n");
        return TestKeys.Sha256(certificate);
    }
}
