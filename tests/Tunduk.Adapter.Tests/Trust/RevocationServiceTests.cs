using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Adapter.Trust;
using Tunduk.Evidence.Trust;
using RevocationReason = Tunduk.Adapter.Sandbox.Pki.RevocationReason;

namespace Tunduk.Adapter.Tests.Trust;

// Over 300 lines: one service of revocation, every answer it may get.

/// <summary>Revocation asked of a real responder over HTTP that misbehaves on demand; the clock is the test's.</summary>
public sealed class RevocationServiceTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly SetClock clock = new();
    private readonly X509Certificate2Collection none = [];
    private DevelopmentAuthority authority = null!;
    private AuthorityServer server = null!;
    private AuthorityClient client = null!;

    public async Task InitializeAsync()
    {
        authority = DevelopmentAuthority.OpenOrCreate(folder["ca"], TimeProvider.System);
        server = await AuthorityServer.StartAsync(authority, 0, clock, CancellationToken.None);
        client = new AuthorityClient(none, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
        authority.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Check_GoodCertificate_GoodWithEvidenceThatOpensslReads(bool byOcsp)
    {
        var service = Create(byOcsp ? Ocsp : Crl);

        var decision = await service.CheckAsync(Signer());

        decision.Verdict.ShouldBe(RevocationVerdict.Good, string.Join(';', decision.Attempts));
        var evidence = decision.Evidence.ShouldHaveSingleItem();
        await File.WriteAllBytesAsync(folder["evidence.der"], evidence.Content.ToArray());
        var (code, output) = byOcsp
            ? await Tool.RunAsync("openssl", "ocsp", "-respin", folder["evidence.der"], "-CAfile", authority.Root.CertificatePath, "-issuer", authority.Root.CertificatePath, "-sha256", "-cert", authority.SigningCertificate("one", "60009001", "o", "n").CertificatePath, "-no_nonce")
            : await Tool.RunAsync("openssl", "crl", "-inform", "DER", "-in", folder["evidence.der"], "-CAfile", authority.Root.CertificatePath, "-noout");
        code.ShouldBe(0, output);
        output.ShouldContain(byOcsp ? ": good" : "verify OK");
    }

    [Fact]
    public async Task Check_RevokedBetweenTwoMessages_RefusedAsSoonAsTheAnswerEnds()
    {
        var service = Create(Ocsp);
        var signer = Signer();
        (await service.CheckAsync(signer)).Verdict.ShouldBe(RevocationVerdict.Good);

        authority.Revoke(signer.Certificate, RevocationReason.KeyCompromise);
        (await service.CheckAsync(signer)).Verdict.ShouldBe(RevocationVerdict.Good, "the answer is used until it ends");
        clock.Move(TimeSpan.FromMinutes(61));

        var decision = await service.CheckAsync(signer);
        decision.Verdict.ShouldBe(RevocationVerdict.Revoked);
        decision.Found.ShouldNotBeNull().ShouldContain("KeyCompromise");
        decision.Serial.ShouldBe(signer.Certificate.SerialNumber);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { nameof(OcspFault.TryLater), "ocsp_try_later" },
        { nameof(OcspFault.InternalError), "ocsp_internal_error" },
        { nameof(OcspFault.Garbage), "ocsp_malformed" },
        { nameof(OcspFault.WrongNonce), "ocsp_nonce_differs" },
        { nameof(OcspFault.NoNonce), "ocsp_nonce_missing" },
        { nameof(OcspFault.WrongSignature), "ocsp_signature" },
        { nameof(OcspFault.Stale), "ocsp_stale" },
        { nameof(OcspFault.WrongCertificate), "ocsp_other_certificate" },
        { nameof(OcspFault.WrongResponder), "ocsp_key_usage" },
        { nameof(OcspFault.Hang), "nothing within" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Check_ResponderAtFault_RefusedByName(string fault, string code)
    {
        server.Ocsp.Fault = Enum.Parse<OcspFault>(fault);
        var service = Create(options =>
        {
            Ocsp(options);
            options.NonceRequired = true;
            options.Timeout = TimeSpan.FromMilliseconds(fault == nameof(OcspFault.Hang) ? 200 : 30_000);
        });

        var decision = await service.CheckAsync(Signer());

        decision.Verdict.ShouldBe(RevocationVerdict.Unknown);
        decision.IsAcceptable.ShouldBeFalse();
        decision.Attempts.ShouldHaveSingleItem().ShouldContain(code);
        service.Alarms().ShouldHaveSingleItem().ShouldContain(code);
    }

    [Fact]
    public async Task Check_DelegatedResponderWithoutNoCheck_IsAskedAboutInTheList()
    {
        server.Ocsp.Fault = OcspFault.ResponderToBeAsked;
        var service = Create(options =>
        {
            Ocsp(options);
            Crl(options);
        });
        (await service.CheckAsync(Signer())).Attempts.ShouldBeEmpty();

        authority.Revoke(authority.OcspToBeAsked.Certificate, RevocationReason.KeyCompromise);
        clock.Move(TimeSpan.FromMinutes(61));

        var decision = await service.CheckAsync(Signer());
        decision.Attempts.ShouldHaveSingleItem().ShouldContain("ocsp_responder_revoked");
        decision.Verdict.ShouldBe(RevocationVerdict.Good, "the list answers");
    }

    [Fact]
    public async Task Check_DelegatedResponderAboutWhomNobodyAnswers_IsNotBelieved()
    {
        server.Ocsp.Fault = OcspFault.ResponderToBeAsked;
        var service = Create(options =>
        {
            Ocsp(options);
            options.Crl = ["http://127.0.0.1:1/crl"];
        });

        var decision = await service.CheckAsync(Signer());

        decision.Verdict.ShouldBe(RevocationVerdict.Unknown);
        decision.Attempts[0].ShouldContain("ocsp_responder_unchecked");
    }

    [Fact]
    public async Task Authenticate_CallersCertificateRevoked_IsRefusedAndSoIsOneNobodyAnswersAbout()
    {
        var service = Create(Ocsp);
        var own = authority.TlsCertificate("caller").Certificate;
        var caller = new CallerOptions { Name = "app", CertificateAuthority = authority.Root.CertificatePath, CertificateSubject = "CN=caller", Roles = ["is"] };
        var second = new CallerOptions { Name = "second", CertificateAuthority = authority.Root.CertificatePath, CertificateSubject = "CN=second", Roles = ["is"] };
        var authenticator = new CallerAuthenticator([caller, second], CertificateCallers.Load([caller, second], path => path, []), clock, () => service);
        authenticator.Authenticate(null, own, anonymous: null).Value!.Name.ShouldBe("app");

        authority.Revoke(own, RevocationReason.KeyCompromise);
        clock.Move(TimeSpan.FromMinutes(61));
        var refused = await Task.Run(() => authenticator.Authenticate(null, own, anonymous: null).Error.ShouldNotBeNull());
        refused.Code.ShouldBe(ExchangeCodes.CallerUnknown);
        refused.Found.ShouldNotBeNull().ShouldContain("revoked since");

        server.Ocsp.Fault = OcspFault.TryLater;
        clock.Move(TimeSpan.FromMinutes(61));
        authenticator.Authenticate(null, own, anonymous: null).Error.ShouldNotBeNull().Found.ShouldNotBeNull().ShouldContain("revoked since", Case.Sensitive, "silence does not bring it back");
        authenticator.Authenticate(null, authority.TlsCertificate("second").Certificate, anonymous: null).Error.ShouldNotBeNull().Found.ShouldBe("no answer of its authority");
    }

    [Fact]
    public async Task Check_ResponderDown_TheListAnswers()
    {
        var service = Create(options =>
        {
            options.Ocsp = ["http://127.0.0.1:1/"];
            Crl(options);
        });
        var revoked = Signer("two");
        authority.Revoke(revoked.Certificate, RevocationReason.Superseded);

        (await service.CheckAsync(Signer())).Verdict.ShouldBe(RevocationVerdict.Good);
        (await service.CheckAsync(revoked)).Verdict.ShouldBe(RevocationVerdict.Revoked);
    }

    [Theory]
    [InlineData("expired", "crl_stale")]
    [InlineData("huge", "more than")]
    [InlineData("of another issuer", "crl_wrong_issuer")]
    [InlineData("of the same name with another key", "crl_signature")]
    [InlineData("garbage", "crl_malformed")]
    [InlineData("down", "CRL http")]
    public async Task Check_ListAtFault_RefusedByNameWithinItsTime(string fault, string code)
    {
        await using var lists = await SandboxListener.StartAsync(
            [new SandboxEndpoint(0)],
            async context =>
            {
                var piece = List(fault, authority.Root.Certificate, clock.GetUtcNow());
                for (var most = fault == "huge" ? 1 + (Evidence.Revocation.RevocationList.DefaultMaximumLength / piece.Length) : 1; most > 0 && !context.RequestAborted.IsCancellationRequested; most--)
                {
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                }
            },
            CancellationToken.None);
        var service = Create(options => options.Crl = [fault == "down" ? "http://127.0.0.1:1/crl" : lists.Addresses[0].AbsoluteUri]);

        var decision = await service.CheckAsync(Signer()).AsTask().WaitAsync(Wait.Longest);

        decision.Verdict.ShouldBe(RevocationVerdict.Unknown);
        decision.Attempts.ShouldHaveSingleItem().ShouldContain(code);
    }

    [Fact]
    public async Task Check_RevokedAndThenNobodyAnswers_StaysRevokedEvenWhereSilenceIsAccepted()
    {
        var service = Create(options =>
        {
            Ocsp(options);
            options.WhenUnanswered = "accept-and-flag";
            options.AcceptFor = TimeSpan.FromHours(10);
        });
        var signer = Signer("silenced");
        authority.Revoke(signer.Certificate, RevocationReason.KeyCompromise);
        (await service.CheckAsync(signer)).Verdict.ShouldBe(RevocationVerdict.Revoked);

        server.Ocsp.Fault = OcspFault.TryLater;
        clock.Move(TimeSpan.FromMinutes(61));

        var decision = await service.CheckAsync(signer);
        decision.Verdict.ShouldBe(RevocationVerdict.Revoked);
        decision.Attempts.ShouldHaveSingleItem().ShouldContain("ocsp_try_later");
    }

    /// <summary>A list with something wrong with it.</summary>
    internal static byte[] List(string fault, X509Certificate2 authority, DateTimeOffset now)
    {
        if (fault is "huge")
        {
            return new byte[1024 * 1024];
        }

        if (fault is "garbage")
        {
            return [1, 2, 3];
        }

        using var key = RSA.Create(2048);
        var name = fault == "of another issuer" ? new X500DistinguishedName("CN=another") : authority.SubjectName;
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var other = request.CreateSelfSigned(now.AddDays(-10), now.AddDays(10));
        var isExpired = fault == "expired";
        return new CertificateRevocationListBuilder().Build(isExpired ? authority : other, 1, isExpired ? now.AddDays(-1) : now.AddDays(1), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, isExpired ? now.AddDays(-2) : now.AddMinutes(-1));
    }

    [Fact]
    public async Task Check_NobodyAnswersForAnHour_AcceptedAndFlaggedNoLongerThanConfigured()
    {
        server.Ocsp.Fault = OcspFault.TryLater;
        var service = Create(options =>
        {
            Ocsp(options);
            options.WhenUnanswered = "accept-and-flag";
            options.AcceptFor = TimeSpan.FromMinutes(30);
        });
        var signer = Signer();
        (await service.CheckAsync(signer)).Verdict.ShouldBe(RevocationVerdict.Accepted);
        clock.Move(TimeSpan.FromMinutes(29));
        (await service.CheckAsync(signer)).Verdict.ShouldBe(RevocationVerdict.Accepted);
        clock.Move(TimeSpan.FromMinutes(2));
        (await service.CheckAsync(signer)).Verdict.ShouldBe(RevocationVerdict.Unknown);
        clock.Move(TimeSpan.FromMinutes(29));
        (await service.CheckAsync(signer)).Verdict.ShouldBe(RevocationVerdict.Unknown);

        server.Ocsp.Fault = OcspFault.None;
        clock.Move(RevocationService.FailureKept);
        (await service.CheckAsync(signer)).Verdict.ShouldBe(RevocationVerdict.Good);
    }

    [Fact]
    public async Task Check_AuthorityWithoutAnEntry_PinnedFollowsItsAgreementAndAChainIsRefused()
    {
        var service = Create(null);

        (await service.CheckAsync(Signer(isPinned: true))).Verdict.ShouldBe(RevocationVerdict.NotAsked);
        var decision = await service.CheckAsync(Signer("two"));
        decision.Verdict.ShouldBe(RevocationVerdict.Unknown);
        decision.Attempts.ShouldHaveSingleItem().ShouldContain("Trust:Revocation");
    }

    [Fact]
    public async Task Check_LoopbackAddressNotAllowed_NothingConnects()
    {
        var service = Create(options =>
        {
            Ocsp(options);
            options.AllowLocalAddresses = false;
        });

        (await service.CheckAsync(Signer())).Attempts.ShouldHaveSingleItem().ShouldContain("not allowed");
    }

    [Fact]
    public async Task Check_CertificateWithHostileAddresses_CausesNoConnection()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}/";
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=hostile", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([address + "ocsp"], [address + "ca"]));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([address + "crl"]));
        using var certificate = request.Create(authority.Root.Certificate, clock.GetUtcNow().AddMinutes(-1), clock.GetUtcNow().AddDays(1), [1, 2, 3]);
        var service = Create(Ocsp);

        new SignerTrust(anchors: [authority.Root.Certificate]).TryTrust(certificate.RawData, clock.GetUtcNow(), out var signer, out _).ShouldBeTrue();
        (await service.CheckAsync(signer!)).Verdict.ShouldBe(RevocationVerdict.Unknown, "the responder never issued it");
        new SignerTrust(anchors: []).TryTrust(certificate.RawData, clock.GetUtcNow(), out _, out _).ShouldBeFalse();

        listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task Check_AddressInsideTheCertificateOfAnAllowedHost_IsAsked()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=inside", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(["http://192.0.2.1/ocsp", server.OcspAddress.AbsoluteUri], []));
        using var certificate = request.Create(authority.Root.Certificate, clock.GetUtcNow().AddMinutes(-1), clock.GetUtcNow().AddDays(1), [1, 2, 3]);
        var service = Create(options => options.CertificateHosts = [server.OcspAddress.Host]);
        new SignerTrust(anchors: [authority.Root.Certificate]).TryTrust(certificate.RawData, clock.GetUtcNow(), out var signer, out _).ShouldBeTrue();

        (await service.CheckAsync(signer!)).Attempts.ShouldHaveSingleItem().ShouldBe($"OCSP {server.OcspAddress.AbsoluteUri}: ocsp_certificate_unknown");
    }

    [Fact]
    public async Task Check_ResponderDoesNotKnowTheCertificate_NoListTakesThatBackAndAnotherResponderMay()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=never issued", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .Create(authority.Root.Certificate, clock.GetUtcNow().AddMinutes(-1), clock.GetUtcNow().AddDays(1), [1, 2, 3]);
        new SignerTrust(anchors: [authority.Root.Certificate]).TryTrust(certificate.RawData, clock.GetUtcNow(), out var signer, out _).ShouldBeTrue();

        var decision = await Create(options =>
        {
            Ocsp(options);
            Crl(options);
        }).CheckAsync(signer!);
        decision.Verdict.ShouldBe(RevocationVerdict.Unknown);
        decision.Attempts.ShouldHaveSingleItem().ShouldBe($"OCSP {server.OcspAddress.AbsoluteUri}: ocsp_certificate_unknown");

        (await Create(Crl).CheckAsync(signer!)).Verdict.ShouldBe(RevocationVerdict.Good, "a list is silent about it: who names a list alone rests on that");
    }

    [Fact]
    public async Task Check_ManyMessagesAtOnce_OneQuestion()
    {
        var service = Create(Ocsp);
        var signer = Signer();

        var decisions = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await service.CheckAsync(signer))));

        decisions.Distinct().ShouldHaveSingleItem().Verdict.ShouldBe(RevocationVerdict.Good);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("::", true)]
    [InlineData("224.0.0.1", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("192.0.2.1", false)]
    public void IsLocal_Address_KnownForWhatItIs(string address, bool isLocal) => AuthorityClient.IsLocal(System.Net.IPAddress.Parse(address)).ShouldBe(isLocal);

    private void Ocsp(RevocationOptions options) => options.Ocsp = [server.OcspAddress.AbsoluteUri];

    private void Crl(RevocationOptions options) => options.Crl = [server.CrlAddress.AbsoluteUri];

    private RevocationService Create(Action<RevocationOptions>? configure)
    {
        var trust = new TrustOptions();
        if (configure is not null)
        {
            var entry = new RevocationOptions { Authority = authority.Root.CertificatePath, AllowLocalAddresses = true, Timeout = TimeSpan.FromSeconds(30) };
            configure(entry);
            trust.Revocation.Add(entry);
        }

        var faults = new List<SettingFault>();
        var service = RevocationService.Create(trust, path => path, client, clock, faults);
        faults.ShouldBeEmpty();
        return service;
    }

    private TrustedSigner Signer(string name = "one", bool isPinned = false)
    {
        var certificate = authority.SigningCertificate(name, "60009001", "o", "n").Certificate;
        var trust = isPinned ? new SignerTrust([new PinnedCertificate(certificate.GetCertHash(HashAlgorithmName.SHA256))]) : new SignerTrust(anchors: [authority.Root.Certificate]);
        trust.TryTrust(certificate.RawData, clock.GetUtcNow(), out var signer, out var fault).ShouldBeTrue(fault.ToString());
        return signer!;
    }
}
