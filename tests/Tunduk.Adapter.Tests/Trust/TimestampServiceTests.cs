using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Adapter.Trust;

namespace Tunduk.Adapter.Tests.Trust;

/// <summary>Time-stamps from two real authorities over HTTP, one of which misbehaves on demand.</summary>
public sealed class TimestampServiceTests : IAsyncLifetime
{
    private static readonly byte[] Digest = SHA256.HashData("checkpoint"u8);
    private readonly TemporaryFolder folder = new();
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly SetClock clock = new();
    private readonly TestClock waits = new();
    private readonly X509Certificate2Collection none = [];
    private DevelopmentAuthority authority = null!;
    private AuthorityServer first = null!;
    private AuthorityServer second = null!;
    private AuthorityClient client = null!;

    public async Task InitializeAsync()
    {
        authority = DevelopmentAuthority.OpenOrCreate(folder["ca"], TimeProvider.System);
        first = await AuthorityServer.StartAsync(authority, 0, clock, CancellationToken.None);
        second = await AuthorityServer.StartAsync(authority, 0, clock, CancellationToken.None);
        client = new AuthorityClient(none, waits);
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await first.DisposeAsync();
        await second.DisposeAsync();
        authority.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Stamp_Good_OpensslVerifiesTheToken()
    {
        var stamp = await Create().StampAsync(Digest, default);

        stamp.Authority.ShouldBe(first.TsaAddress.AbsoluteUri);
        await File.WriteAllBytesAsync(folder["token.der"], stamp.Verified!.Token.ToArray());
        var (code, output) = await Tool.RunAsync("openssl", "ts", "-verify", "-token_in", "-in", folder["token.der"], "-digest", Convert.ToHexStringLower(Digest), "-CAfile", authority.Root.CertificatePath);
        code.ShouldBe(0, output);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { nameof(TimeStampFault.Rejection), "timestamp_refused" },
        { nameof(TimeStampFault.Garbage), "timestamp_malformed" },
        { nameof(TimeStampFault.NoNonce), "timestamp_nonce" },
        { nameof(TimeStampFault.WrongNonce), "timestamp_nonce" },
        { nameof(TimeStampFault.WrongImprint), "timestamp_imprint" },
        { nameof(TimeStampFault.WrongTime), "timestamp_certificate_period" },
        { nameof(TimeStampFault.WrongSigner), "timestamp_certificate_usage" },
        { nameof(TimeStampFault.Hang), "nothing within" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Stamp_FirstAuthorityAtFault_TheSecondStampsAndTheFaultIsNamed(string fault, string code)
    {
        first.Tsa.Fault = Enum.Parse<TimeStampFault>(fault);
        var service = Create();
        var stamping = service.StampAsync(Digest, default);
        if (fault == nameof(TimeStampFault.Hang))
        {
            // The first's time alone: the second has as long.
            await Wait.ForAsync(() => waits.Expire(Limit) > 0);
        }

        var stamp = await stamping;

        stamp.Verified.ShouldNotBeNull();
        stamp.Authority.ShouldBe(second.TsaAddress.AbsoluteUri);
        stamp.Attempts.ShouldHaveSingleItem().ShouldContain(code);

        // Who answered last is asked first.
        (await service.StampAsync(Digest, default)).Attempts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stamp_FirstAuthorityDown_TheSecondStampsAndThatIsNamed()
    {
        await first.DisposeAsync();

        var stamp = await Create().StampAsync(Digest, default);

        stamp.Authority.ShouldBe(second.TsaAddress.AbsoluteUri);
        stamp.Attempts.ShouldHaveSingleItem().ShouldStartWith(first.TsaAddress.AbsoluteUri);
    }

    [Fact]
    public async Task Stamp_ClocksApart_RefusedByNameWithTheSeconds()
    {
        clock.Move(TimeSpan.FromMinutes(10)); // The authorities' clock is this one too: only the token's signer is held against it.
        var slow = new SetClock();
        var service = Create(time: slow);

        var stamp = await service.StampAsync(Digest, default);

        stamp.Verified.ShouldBeNull();
        stamp.Attempts.ShouldAllBe(attempt => attempt.Contains("timestamp_in_future (6", StringComparison.Ordinal) || attempt.Contains("timestamp_in_future (5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stamp_NoAuthorityForLongerThanAllowed_OverdueUntilOneAnswers()
    {
        var service = Create();
        (await service.StampAsync(Digest, default)).Verified.ShouldNotBeNull();
        first.Tsa.Fault = second.Tsa.Fault = TimeStampFault.Rejection;
        (await service.StampAsync(Digest, default)).Verified.ShouldBeNull();
        service.IsOverdue.ShouldBeFalse();

        clock.Move(TimeSpan.FromHours(25));
        service.IsOverdue.ShouldBeTrue();
        service.Alarms().ShouldHaveSingleItem().ShouldContain("overdue");

        first.Tsa.Fault = TimeStampFault.None;
        (await service.StampAsync(Digest, default)).Verified.ShouldNotBeNull();
        service.IsOverdue.ShouldBeFalse();
        service.Alarms().ShouldBeEmpty();
    }

    [Fact]
    public async Task Stamp_PolicyThatIsNotTheAuthoritys_RefusedByName()
    {
        var service = Create(configure: authority => authority.Policies = ["1.2.3.4.5"]);

        var stamp = await service.StampAsync(Digest, default);

        stamp.Verified.ShouldBeNull();
        stamp.Attempts.ShouldAllBe(attempt => attempt.Contains("policy"));
    }

    private TimestampService Create(Action<TimestampAuthorityOptions>? configure = null, TimeProvider? time = null)
    {
        var trust = new TrustOptions();
        foreach (var server in new[] { first, second })
        {
            var entry = new TimestampAuthorityOptions { Address = server.TsaAddress.AbsoluteUri, Anchors = [authority.Root.CertificatePath], AllowLocalAddresses = true, Timeout = Limit };
            configure?.Invoke(entry);
            trust.Timestamps.Authorities.Add(entry);
        }

        var faults = new List<SettingFault>();
        var service = TimestampService.Create(trust, path => path, client, time ?? clock, faults);
        faults.ShouldBeEmpty();
        return service;
    }
}
