using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Trust;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Trust;

// Over 300 lines: one exchange under every answer of an authority.

/// <summary>A provider whose agreement names the counterparty's authority: its certificates are asked about, and time is stamped.</summary>
public sealed partial class RevocationExchangeTests : IAsyncLifetime
{
    private AuthorityServer authority = null!;
    private TestWorld world = null!;

    public async Task InitializeAsync()
    {
        authority = await AuthorityServer.StartAsync(TestKeys.TheAuthority, 0, TimeProvider.System, CancellationToken.None);
        world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithConsumer = false,
            Provider = Configure,
            ProviderAgreement = text => Certificates().Replace(text, $"certificates: [ {{ ca: \"{TestKeys.Sha256(TestKeys.TheAuthority.Root.Certificate)}\", subject: \"SERIALNUMBER=60009001\" }} ]"),
        });
    }

    public async Task DisposeAsync()
    {
        await world.DisposeAsync();
        await authority.DisposeAsync();
    }

    [Fact]
    public async Task Answer_CertificateOfTheAuthorityNotRevoked_AnsweredAndTheAnswerOfTheResponderIsArchived()
    {
        var headers = Envelopes.Headers();
        var reply = await world.PostSoapAsync(await Envelopes.SignedAsync(headers));

        reply.Status.ShouldBe(200, reply.Text);
        var request = (await TestWorld.FindAsync(world.Provider, messageId: headers.Id)).Single(entry => entry.Entry.Kind == EntryKind.Request);
        var record = (await world.Provider.Archive.GetAsync(request.Record, CancellationToken.None))!;
        record.Parts.Select(part => part.Name).ShouldContain("revocation-1");
        request.Entry.Flags.HasFlag(EntryFlags.RevocationUnanswered).ShouldBeFalse();
    }

    [Fact]
    public async Task Answer_RevokedCertificate_RefusedByItsCode()
    {
        var revoked = TestKeys.TheAuthority.SigningCertificate("is-revoked", "60009001", "Credit office (invented)", "revoked");
        TestKeys.TheAuthority.Revoke(revoked.Certificate, RevocationReason.KeyCompromise);

        await world.FaultAsync("certificate_revoked", await Envelopes.SignedAsync(certificate: revoked.Certificate));
    }

    [Fact]
    public async Task Answer_CertificateOfTheSameAuthorityForAnotherMember_IsRefused() =>
        await world.FaultAsync("certificate_not_trusted", await Envelopes.SignedAsync(certificate: TestKeys.Stranger.Certificate));

    [Fact]
    public async Task Answer_NobodyAnswersAboutTheCertificate_RefusedUntilSomebodyDoes()
    {
        authority.Ocsp.Fault = OcspFault.TryLater;
        var unknown = TestKeys.TheAuthority.SigningCertificate("is-unanswered", "60009001", "Credit office (invented)", "unanswered");

        await world.FaultAsync("revocation_unknown", await Envelopes.SignedAsync(certificate: unknown.Certificate));

        var ready = await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(world.Provider.AdminAddress!, "health/ready")));
        ready.Text.ShouldContain("ocsp_try_later");
    }

    /// <summary>Every fault of a responder in one world, one after another.</summary>
    [Fact]
    public async Task Answer_ResponderAtAnyFault_RefusedAndTheEntrySaysWhich()
    {
        foreach (var (fault, code) in new[]
        {
            (OcspFault.InternalError, "ocsp_internal_error"), (OcspFault.Garbage, "ocsp_malformed"), (OcspFault.WrongNonce, "ocsp_nonce_differs"), (OcspFault.NoNonce, "ocsp_nonce_missing"),
            (OcspFault.WrongSignature, "ocsp_signature"), (OcspFault.Stale, "ocsp_stale"), (OcspFault.WrongCertificate, "ocsp_other_certificate"), (OcspFault.WrongResponder, "ocsp_key_usage"),
        })
        {
            authority.Ocsp.Fault = fault;
            await RefusedAsync(world, code);
        }
    }

    [Fact]
    public async Task Answer_ListAtAnyFault_RefusedAndTheEntrySaysWhich()
    {
        var wrong = "";
        await using var lists = await SandboxListener.StartAsync(
            [new SandboxEndpoint(0)],
            async context => await context.Response.Body.WriteAsync(RevocationServiceTests.List(wrong, TestKeys.TheAuthority.Root.Certificate, TimeProvider.System.GetUtcNow()), context.RequestAborted),
            CancellationToken.None);
        await using var listed = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithConsumer = false,
            Provider = options =>
            {
                Configure(options);
                ((JsonObject)options["Trust"]!["Revocation"]![0]!).Remove("Ocsp");
                options["Trust"]!["Revocation"]![0]!["Crl"] = new JsonArray(lists.Addresses[0].AbsoluteUri);
                ((JsonObject)options["Trust"]!).Remove("Timestamps");
            },
            ProviderAgreement = text => Certificates().Replace(text, $"certificates: [ {{ ca: \"{TestKeys.Sha256(TestKeys.TheAuthority.Root.Certificate)}\", subject: \"SERIALNUMBER=60009001\" }} ]"),
        });
        foreach (var (fault, code) in new[] { ("expired", "crl_stale"), ("of another issuer", "crl_wrong_issuer"), ("of the same name with another key", "crl_signature"), ("garbage", "crl_malformed") })
        {
            wrong = fault;
            await RefusedAsync(listed, code);
        }
    }

    [Fact]
    public async Task Answer_RevokedBetweenTwoMessages_TheSecondIsRefused()
    {
        var signer = TestKeys.TheAuthority.SigningCertificate("is-between", "60009001", "Credit office (invented)", "between");
        (await world.PostSoapAsync(await Envelopes.SignedAsync(certificate: signer.Certificate))).Status.ShouldBe(200);

        TestKeys.TheAuthority.Revoke(signer.Certificate, RevocationReason.KeyCompromise);
        world.Clock.Jump(TimeSpan.FromSeconds(31));
        await world.FaultAsync("certificate_revoked", await Envelopes.SignedAsync(created: world.Clock.GetUtcNow(), certificate: signer.Certificate));
    }

    [Fact]
    public async Task Checkpoint_Signed_IsStampedAndTheTokenIsAnEntry()
    {
        (await world.PostSoapAsync(await Envelopes.SignedAsync())).Status.ShouldBe(200);
        await world.Provider.Archive.CheckpointAsync(CancellationToken.None);

        var entry = await Wait.ForAsync(async () => (await TestWorld.FindAsync(world.Provider, code: "time_stamp")).FirstOrDefault());

        entry.Entry.Kind.ShouldBe(EntryKind.CheckpointEvidence);
        entry.Entry.Subject.ShouldNotBeNull().ShouldContain(authority.TsaAddress.AbsoluteUri);
        var record = (await world.Provider.Archive.GetAsync(entry.Record, CancellationToken.None))!;
        record.Parts.ShouldContain(part => part.MediaType == "application/timestamp-token");

        // What a judge needs when authority and responder are gone: both chains, and what was said of revocation then.
        var certificates = record.Parts.Where(part => part.MediaType == "application/pkix-cert").Select(part => System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(part.Content.Span)).ToList();
        certificates.ShouldContain(one => one.Thumbprint == TestKeys.Provider.Certificate.Thumbprint, "the checkpoint's signer");
        certificates.ShouldContain(one => one.Thumbprint == TestKeys.TheAuthority.Root.Certificate.Thumbprint, "the root");
        certificates.Count.ShouldBe(3, "and the time-stamping authority");
        record.Parts.Count(part => part.MediaType == "application/ocsp-response").ShouldBe(2, "of the signer and of the time-stamping authority");

        // Whoever verifies the archive by the adapter's settings has its stamps checked by the authorities that stand there.
        var verified = await ArchiveVerification.RunAsync(world.Folders.ProviderConfiguration, archiveFolder: null, against: [], progress: null, CancellationToken.None);
        verified.Fault.ShouldBeNull();
        verified.Report!.Failures.ShouldBeEmpty();
        verified.Report.Timestamps.ShouldBeGreaterThan(0);
        verified.Report.TimestampsUnchecked.ShouldBe(0);
        verified.Report.RewriteStatement.ShouldContain("not later than");
    }

    [Fact]
    public async Task Answer_NobodyAnswersWhereThatIsAcceptedForATime_FlaggedInTheEntryAndThenRefused()
    {
        authority.Ocsp.Fault = OcspFault.TryLater;
        await using var lenient = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithConsumer = false,
            Provider = options =>
            {
                Configure(options);
                options["Trust"]!["Revocation"]![0]!["WhenUnanswered"] = "accept-and-flag";
                options["Trust"]!["Revocation"]![0]!["AcceptFor"] = "00:30:00";
                ((JsonObject)options["Trust"]!).Remove("Timestamps");
            },
            ProviderAgreement = text => Certificates().Replace(text, $"certificates: [ {{ ca: \"{TestKeys.Sha256(TestKeys.TheAuthority.Root.Certificate)}\", subject: \"SERIALNUMBER=60009001\" }} ]"),
        });
        var headers = Envelopes.Headers();

        var reply = await lenient.PostSoapAsync(await Envelopes.SignedAsync(headers));

        reply.Status.ShouldBe(200, reply.Text);
        var request = (await TestWorld.FindAsync(lenient.Provider, messageId: headers.Id)).Single(entry => entry.Entry.Kind == EntryKind.Request);
        request.Entry.Flags.HasFlag(EntryFlags.RevocationUnanswered).ShouldBeTrue();
        var record = (await lenient.Provider.Archive.GetAsync(request.Record, CancellationToken.None))!;
        record.Values.Single(value => value.Path == ExchangeJournal.VerifiedName).AsText().ShouldContain("revocation not answered");

        lenient.Clock.Jump(TimeSpan.FromMinutes(31));
        var fault = await lenient.FaultAsync("revocation_unknown", await Envelopes.SignedAsync(created: lenient.Clock.GetUtcNow()));
        fault.Text.ShouldNotContain("ocsp_try_later", Case.Insensitive, "the counterparty gets the code");
        RecordId.TryParse(fault.Record, out var refused).ShouldBeTrue();
        (await lenient.Provider.Archive.GetAsync(refused, CancellationToken.None))!.Values.Select(value => value.AsText()).ShouldContain(text => text.Contains("ocsp_try_later", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_FaultSignedUnderARevokedCertificate_IsNoProvidersFault()
    {
        var revoked = TestKeys.TheAuthority.SigningCertificate("is-registry-revoked", "70009001", "Population register (invented)", "revoked");
        TestKeys.TheAuthority.Revoke(revoked.Certificate, RevocationReason.KeyCompromise);
        await using var server = await SecurityServerDouble.StartAsync();
        await using var consumer = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithProvider = false,
            SecurityServer = server.Address,
            Consumer = options =>
            {
                Configure(options);
                ((JsonObject)options["Trust"]!).Remove("Timestamps");
            },
            ConsumerAgreement = text => Certificates().Replace(text, $"certificates: [ {{ ca: \"{TestKeys.Sha256(TestKeys.TheAuthority.Root.Certificate)}\", subject: \"SERIALNUMBER=70009001\" }} ]"),
        });
        server.Answer = async (request, context) => await SecurityServerDouble.WriteAsync(context, await Envelopes.SignedFaultAsync(request, "Server.PinUnknown", revoked.Certificate));

        var refusal = await consumer.RefusedAsync("certificate_revoked", "verify");

        refusal.OutcomeUnknown.ShouldBeTrue();
        refusal.Reply.Text.ShouldNotContain("PinUnknown");
    }

    [Fact]
    public async Task Ask_NoTimestampWithinTheGap_NothingIsSentUntilAnAuthorityAnswers()
    {
        var time = new TestClock();
        await using var stamping = await AuthorityServer.StartAsync(TestKeys.TheAuthority, 0, time, CancellationToken.None);
        stamping.Tsa.Fault = TimeStampFault.Rejection;
        await using var server = await SecurityServerDouble.StartAsync();
        await using var consumer = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithProvider = false,
            SecurityServer = server.Address,
            Consumer = options =>
            {
                Configure(options);
                options["Archive"]!["CheckpointInterval"] = "00:00:01";
                options["Trust"]!["Timestamps"]!["MaximumGap"] = "00:10:00";
                options["Trust"]!["Timestamps"]!["Authorities"]![0]!["Address"] = stamping.TsaAddress.AbsoluteUri;
                ((JsonObject)options["Trust"]!).Remove("Revocation");
            },
        });
        (await consumer.AskAsync()).Status.ShouldBe(200, "the gap has only begun");
        var sent = server.Received.Count;

        consumer.Clock.Jump(TimeSpan.FromMinutes(11));
        time.Jump(TimeSpan.FromMinutes(11));

        var refusal = await consumer.RefusedAsync("timestamp_overdue", "sign");
        refusal.Found.ShouldBe("none since the start");
        server.Received.Count.ShouldBe(sent);
        using (var ready = await ReadyAsync(consumer))
        {
            ready.RootElement.GetProperty("ready").GetBoolean().ShouldBeFalse();
            ready.RootElement.GetProperty("problems").ToString().ShouldContain("timestamp_overdue");
            ready.RootElement.GetProperty("warnings").ToString().ShouldNotContain("archive_unwritable", Case.Sensitive, "the archive is writable");
        }

        stamping.Tsa.Fault = TimeStampFault.None;
        await Wait.ForAsync(async () =>
        {
            // Each refusal is an entry, so that a checkpoint comes, and with it a stamp.
            var reply = await consumer.AskAsync();
            return reply.Status == 200 || !reply.Text.Contains("timestamp_overdue", StringComparison.Ordinal) ? "sent again" : null;
        });
        server.Received.Count.ShouldBeGreaterThan(sent);
        using (var ready = await ReadyAsync(consumer))
        {
            ready.RootElement.GetProperty("problems").ToString().ShouldNotContain("timestamp_overdue");
        }

    }

    /// <summary>A certificate about which nobody answers well: the counterparty gets the code, the entry says who was asked and what was wrong.</summary>
    private static async Task RefusedAsync(TestWorld world, string code)
    {
        world.Clock.Jump(RevocationService.FailureKept);
        var fault = await world.FaultAsync("revocation_unknown", await Envelopes.SignedAsync(created: world.Clock.GetUtcNow()));
        RecordId.TryParse(fault.Record, out var record).ShouldBeTrue(code);
        (await world.Provider.Archive.GetAsync(record, CancellationToken.None))!.Values.Select(value => value.AsText()).ShouldContain(text => text.Contains(code, StringComparison.Ordinal), code);
        fault.Text.ShouldNotContain(code);
    }

    private static async Task<System.Text.Json.JsonDocument> ReadyAsync(TestWorld world)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "health/ready"));
        return System.Text.Json.JsonDocument.Parse((await world.SendAsync(request)).Text);
    }

    private void Configure(JsonObject options)
    {
        // Where a test's clock jumps, no checkpoint of the hour's is stamped by an authority whose clock does not.
        options["Archive"]!["CheckpointInterval"] = "01:00:00";
        options["Trust"] = TrustIn(authority);
    }

    private static JsonObject TrustIn(AuthorityServer authority) => new()
    {
        ["Anchors"] = new JsonArray(TestKeys.TheAuthority.Root.CertificatePath),
        ["Revocation"] = TestRevocation.Of(authority, ("NonceRequired", true), ("KeepFor", "00:00:30")),
        ["Timestamps"] = new JsonObject
        {
            ["Interval"] = "00:01:00",
            ["Authorities"] = new JsonArray(new JsonObject
            {
                ["Address"] = authority.TsaAddress.AbsoluteUri,
                ["Anchors"] = new JsonArray(TestKeys.TheAuthority.Root.CertificatePath),
                ["AllowLocalAddresses"] = true,
                ["Timeout"] = "00:00:30",
            }),
        },
    };

    [GeneratedRegex("certificates: [^\n]*")]
    private static partial Regex Certificates();
}
