using System.Diagnostics;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Net.Sockets;
using System.Net;
using System.Text;
using Tunduk.Adapter.Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox.Pki;

namespace Tunduk.Adapter.Tests.SecurityServers;

/// <summary>TLS with the security server both ways: its certificate pinned, ours offered from every kind of file.</summary>
public sealed class ClientCertificateTests(AuthorityFixture fixture) : IClassFixture<AuthorityFixture>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tunduk-tls-").FullName;
    private readonly X509Certificate2 server = fixture.Authority.TlsCertificate("ss.internal").Certificate;
    private readonly SandboxCertificate own = fixture.Authority.TlsCertificate("adapter.tls");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string, string[]> Formats => new()
    {
        { "3des", ["-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"] },
        { "rc2-40", ["-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"] },
        { "aes", ["-certpbe", "AES-256-CBC", "-keypbe", "AES-256-CBC"] },
        { "pem", [] },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Post_CertificateFromFile_IsOfferedToThePinnedServer(string format, string[] arguments)
    {
        await using var tls = new TlsServer(server, SslProtocols.None);
        var options = Options(tls.Address);
        if (format == "pem")
        {
            options.SecurityServer.ClientCertificate = own.CertificatePath;
            options.SecurityServer.ClientCertificateKey = own.KeyPath;
        }
        else
        {
            (options.SecurityServer.ClientCertificate, options.SecurityServer.ClientCertificatePasswordFile) = Pkcs12(arguments);
        }

        using var client = SecurityServerClients.Make(options);

        (await client.PostAsync().AnsweredAsync()).ShouldBe("ok");
        tls.Offered.ShouldBe(TestKeys.Sha256(own.Certificate), StringCompareShould.IgnoreCase);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Post_ServerSpeaksOneVersion_IsUsed(SslProtocols version)
    {
        await using var tls = new TlsServer(server, version);
        using var client = SecurityServerClients.Make(Options(tls.Address));

        (await client.PostAsync().AnsweredAsync()).ShouldBe("ok");
        tls.Version.ShouldBe(version);
    }

    [Fact]
    public async Task Post_SecondPinOfTheList_IsEnough()
    {
        await using var tls = new TlsServer(server, SslProtocols.None);
        var options = Options(tls.Address);
        options.SecurityServer.ServerCertificates.Insert(0, new string('0', 64));
        using var client = SecurityServerClients.Make(options);

        (await client.PostAsync().AnsweredAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task Post_ServerIsNotThePinnedOne_SendsNothing()
    {
        await using var tls = new TlsServer(server, SslProtocols.None);
        var options = Options(tls.Address);
        options.SecurityServer.ServerCertificates = [TestKeys.Sha256(own.Certificate)];
        using var client = SecurityServerClients.Make(options);

        var error = await client.PostAsync().RefusedAsync();

        error.Code.ShouldBe(ExchangeCodes.SecurityServerUnreachable);
        error.Expected!.ShouldContain("pinned");
        error.OutcomeUnknown.ShouldBeFalse();
        tls.Requests.ShouldBe(0);
    }

    [Fact]
    public void Load_AlgorithmNoLongerInUse_NamesTheFileAndTheConversion()
    {
        var (file, password) = Pkcs12(["-legacy", "-certpbe", "PBE-SHA1-RC4-128", "-keypbe", "PBE-SHA1-RC4-128", "-macalg", "sha1"]);

        var fault = LoadFault(new CertificateFiles("SecurityServer:ClientCertificate", file, "unused", null, password));

        fault.Setting.ShouldBe("SecurityServer:ClientCertificate");
        fault.Fault.ShouldContain(file);
        fault.Remedy.ShouldContain($"openssl pkcs12 -legacy -in {file}");
    }

    [Fact]
    public void Load_WrongPassword_SaysSo()
    {
        var (file, password) = Pkcs12([]);
        File.WriteAllText(password, "another\n");

        LoadFault(new CertificateFiles("X:Certificate", file, "unused", null, password)).Fault.ShouldContain("password");
    }

    [Fact]
    public void Load_NoPkcs12AtAll_IsAFault()
    {
        var file = Path.Combine(folder, "junk.p12");
        File.WriteAllText(file, "junk");
        File.SetUnixFileMode(file, UnixFileMode.UserRead);

        LoadFault(new CertificateFiles("X:Certificate", file, "unused", null, null)).Setting.ShouldBe("X:Certificate");
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    public void Load_KeyReadableByOthers_IsAFault(UnixFileMode mode)
    {
        var (file, password) = Pkcs12([]);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | mode);

        LoadFault(new CertificateFiles("X:Certificate", file, "unused", null, password)).Remedy.ShouldContain("chmod 600");
    }

    private static SettingFault LoadFault(CertificateFiles files)
    {
        var faults = new List<SettingFault>();
        CertificateLoader.Load(files, path => path, faults).ShouldBeNull();
        return faults.ShouldHaveSingleItem();
    }

    private AdapterOptions Options(Uri address)
    {
        var options = SecurityServerClients.Options(address);
        options.SecurityServer.ServerCertificates = [server.GetCertHashString(HashAlgorithmName.SHA256)];
        return options;
    }

    private (string File, string Password) Pkcs12(string[] arguments)
    {
        var (file, password) = (Path.Combine(folder, "own.p12"), Path.Combine(folder, "password"));
        File.WriteAllText(password, "invented\n");
        var start = new ProcessStartInfo("openssl", ["pkcs12", "-export", "-in", own.CertificatePath, "-inkey", own.KeyPath, "-out", file, "-passout", "pass:invented", .. arguments]) { UseShellExecute = false, RedirectStandardError = true };
        using var openssl = Process.Start(start)!;
        openssl.WaitForExit();
        openssl.ExitCode.ShouldBe(0, openssl.StandardError.ReadToEnd());
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return (file, password);
    }

    // Takes any client certificate and says which it was.
    private sealed class TlsServer : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly Task loop;

        public TlsServer(X509Certificate2 certificate, SslProtocols versions)
        {
            listener.Start();
            loop = ServeAsync(certificate, versions);
        }

        public Uri Address => new($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

        public string? Offered { get; private set; }

        public SslProtocols Version { get; private set; }

        public int Requests { get; private set; }

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await loop;
            listener.Dispose();
        }

        private async Task ServeAsync(X509Certificate2 certificate, SslProtocols versions)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    await ServeAsync(client, certificate, versions);
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The end of the test.
            }
        }

        private async Task ServeAsync(TcpClient client, X509Certificate2 certificate, SslProtocols versions)
        {
            try
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    EnabledSslProtocols = versions,
                    ClientCertificateRequired = true,
                    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                });
                if (await tls.ReadAsync(new byte[8192]) == 0)
                {
                    return;
                }

                Requests++;
                Version = tls.SslProtocol;
                Offered = tls.RemoteCertificate?.GetCertHashString(HashAlgorithmName.SHA256);
                await tls.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
                await tls.ShutdownAsync();
            }
            catch (Exception exception) when (exception is IOException or AuthenticationException)
            {
                // The client did not take our certificate.
            }
        }
    }
}
