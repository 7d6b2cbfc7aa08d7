using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Tests.Callers;

/// <summary>Callers by client certificate: pinned, or of an authority by a rule on the name.</summary>
public sealed class CallerCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string folder = Directory.CreateTempSubdirectory("tunduk-callers-").FullName;
    private readonly X509Certificate2 authority = Authority("CN=Callers' authority (invented)");

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Authenticate_CertificateOfTheAuthorityWithTheName_IsTheCaller()
    {
        using var certificate = Issue(authority, "CN=loans-app, O=Credit office (invented)");

        Authenticate(certificate, ByAuthority()).Value!.Name.ShouldBe("by-authority");
    }

    [Theory]
    [InlineData("CN=loans-app2")]
    [InlineData("CN=loans-app.attacker.example")]
    [InlineData("O=loans-app")]
    [InlineData("CN=other, O=CN=loans-app")]
    public void Authenticate_OtherNameOfTheAuthority_IsRefused(string subject)
    {
        using var certificate = Issue(authority, subject);

        Authenticate(certificate, ByAuthority()).Error!.Code.ShouldBe(ExchangeCodes.CallerUnknown);
    }

    [Fact]
    public void Authenticate_SameNameOfAnotherAuthority_IsRefused()
    {
        using var other = Authority("CN=Callers' authority (invented)");
        using var certificate = Issue(other, "CN=loans-app");

        Authenticate(certificate, ByAuthority()).Error!.Code.ShouldBe(ExchangeCodes.CallerUnknown);
    }

    [Fact]
    public void Authenticate_CertificateForServersOnly_IsRefused()
    {
        using var certificate = Issue(authority, "CN=loans-app", usage: "1.3.6.1.5.5.7.3.1");

        Authenticate(certificate, ByAuthority()).Error!.Code.ShouldBe(ExchangeCodes.CallerUnknown);
    }

    [Fact]
    public void Authenticate_PinnedCertificate_IsTheCaller()
    {
        using var certificate = Issue(authority, "CN=anything");

        Authenticate(certificate, Pinned(certificate)).Value!.Name.ShouldBe("pinned");
    }

    [Theory]
    [InlineData(-20, -10)]
    [InlineData(10, 20)]
    public void Authenticate_PinnedCertificateOutsideItsDates_IsRefused(int from, int until)
    {
        using var certificate = Issue(authority, "CN=anything", from: Now.AddDays(from), until: Now.AddDays(until));

        var error = Authenticate(certificate, Pinned(certificate)).Error.ShouldNotBeNull();

        error.Code.ShouldBe(ExchangeCodes.CallerUnknown);
        error.Expected!.ShouldContain("dates");
    }

    [Fact]
    public void Authenticate_EntryExpired_IsRefused()
    {
        using var certificate = Issue(authority, "CN=loans-app");
        var caller = ByAuthority();
        caller.Expires = Now.AddSeconds(-1);

        Authenticate(certificate, caller).Error!.Code.ShouldBe(ExchangeCodes.CallerUnknown);
    }

    [Theory]
    [InlineData(2, 20, 5)]
    [InlineData(-20, 2, -5)]
    public void Authenticate_AskedOutsideItsDatesAndLaterWithin_IsTheCallerWithinThemAlone(int from, int until, int within)
    {
        using var certificate = Issue(authority, "CN=loans-app", from: Now.AddDays(from), until: Now.AddDays(until));
        var clock = new FixedClock();
        var authenticator = Of(ByAuthority(), clock);
        clock.Time = Now.AddDays(within < 0 ? 3 : 0);
        authenticator.Authenticate(null, certificate, anonymous: null).Error.ShouldNotBeNull().Expected!.ShouldContain("dates");

        clock.Time = Now.AddDays(within);
        authenticator.Authenticate(null, certificate, anonymous: null).Value.ShouldNotBeNull().Name.ShouldBe("by-authority");
    }

    [Fact]
    public void Authenticate_AuthorityExpiresAfterTheFirstCall_IsRefused()
    {
        using var certificate = Issue(authority, "CN=loans-app", until: authority.NotAfter);
        var clock = new FixedClock();
        var authenticator = Of(ByAuthority(), clock);
        authenticator.Authenticate(null, certificate, anonymous: null).Value.ShouldNotBeNull();

        clock.Time = new DateTimeOffset(authority.NotAfter).AddSeconds(1);
        authenticator.Authenticate(null, certificate, anonymous: null).Error.ShouldNotBeNull().Expected!.ShouldContain("dates");
    }

    [Theory]
    [InlineData("CN=loans-app, CN=evil")]
    [InlineData("CN=evil, CN=loans-app")]
    public void Authenticate_TwoNames_IsNobody(string subject)
    {
        using var certificate = Issue(authority, subject);

        Authenticate(certificate, ByAuthority()).Error.ShouldNotBeNull().Found!.ShouldContain("another subject");
    }

    [Fact]
    public void Authenticate_CertificateForServersOnly_SaysSo()
    {
        using var certificate = Issue(authority, "CN=loans-app", usage: "1.3.6.1.5.5.7.3.1");

        Authenticate(certificate, ByAuthority()).Error.ShouldNotBeNull().Found!.ShouldContain("not for client authentication");
    }

    [Fact]
    public void Authenticate_IssuedBelowTheRoot_IsTheCallerWhereTheFileHoldsBoth()
    {
        using var intermediate = Authority("CN=Issuing authority (invented)", authority);
        using var certificate = Issue(intermediate, "CN=loans-app");
        var caller = ByAuthority();
        Authenticate(certificate, caller).Error.ShouldNotBeNull();

        File.AppendAllText(caller.CertificateAuthority!, "\n" + intermediate.ExportCertificatePem());
        Authenticate(certificate, caller).Value.ShouldNotBeNull().Name.ShouldBe("by-authority");
    }

    [Fact]
    public void Load_AuthorityWithoutItsRoot_IsAFault()
    {
        using var intermediate = Authority("CN=Issuing authority (invented)", authority);
        var caller = ByAuthority();
        File.WriteAllText(caller.CertificateAuthority!, intermediate.ExportCertificatePem());
        var faults = new List<SettingFault>();

        CertificateCallers.Load([caller], path => path, faults);

        faults.ShouldHaveSingleItem().Setting.ShouldBe("Callers:0:CertificateAuthority");
    }

    private CallerOptions ByAuthority()
    {
        var file = Path.Combine(folder, "ca.pem");
        File.WriteAllText(file, authority.ExportCertificatePem());
        return new CallerOptions { Name = "by-authority", CertificateAuthority = file, CertificateSubject = "CN=loans-app", Roles = ["is"] };
    }

    private static CallerOptions Pinned(X509Certificate2 certificate) =>
        new() { Name = "pinned", CertificateSha256 = certificate.GetCertHashString(HashAlgorithmName.SHA256), Roles = ["is"] };

    private static Outcome<Caller> Authenticate(X509Certificate2 certificate, CallerOptions caller) =>
        Of(caller, new FixedClock()).Authenticate(null, certificate, anonymous: null);

    private static CallerAuthenticator Of(CallerOptions caller, TimeProvider clock)
    {
        var faults = new List<SettingFault>();
        var authenticator = new CallerAuthenticator([caller], CertificateCallers.Load([caller], path => path, faults), clock);
        faults.ShouldBeEmpty();
        return authenticator;
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (issuer is null)
        {
            return request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
        }

        using var issued = request.Create(issuer, Now.AddDays(-30), Now.AddDays(30), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Issue(X509Certificate2 issuer, string subject, string usage = "1.3.6.1.5.5.7.3.2", DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        return request.Create(issuer, from ?? Now.AddDays(-10), until ?? Now.AddDays(10), RandomNumberGenerator.GetBytes(8));
    }

    private sealed class FixedClock : TimeProvider
    {
        public DateTimeOffset Time { get; set; } = Now;

        public override DateTimeOffset GetUtcNow() => Time;
    }
}
