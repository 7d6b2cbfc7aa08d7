using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shouldly;
using Tunduk.Evidence.Revocation;
using Xunit;

namespace Tunduk.Evidence.Tests.Revocation;

/// <summary>Lists made by <c>openssl ca -gencrl</c>.</summary>
public sealed class RevocationListTests : IDisposable
{
    private static readonly RSA LeafKey = TestAuthority.KeyOf("leaf");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly TestAuthority authority = new();
    private readonly DateTimeOffset since = TestAuthority.Now.AddDays(-1);
    private readonly X509Certificate2 leaf;
    private readonly X509Certificate2 revoked;

    public RevocationListTests()
    {
        leaf = authority.Issue(1, LeafKey);
        revoked = authority.Issue(2, LeafKey);
        authority.List((leaf, null), (revoked, since));
    }

    [Fact]
    public void Find_ListedAndNot_RevokedSinceAndGood()
    {
        RevocationList list = Read(Make());
        list.Count.ShouldBe(1);
        Find(list, leaf).Status.ShouldBe(RevocationStatus.Good);
        RevocationAnswer answer = Find(list, revoked);
        (answer.Status, answer.Reason, answer.IsList).ShouldBe((RevocationStatus.Revoked, X509RevocationReason.KeyCompromise, true));
        answer.RevokedAt!.Value.ShouldBe(since, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Find_ExpiredOrEarlyList_NoAnswer()
    {
        RevocationList list = Read(Make());
        RevocationAnswer stale = list.Find(leaf, TestAuthority.Now.AddDays(8), Minute, Minute);
        (stale.CodeName, stale.Status).ShouldBe(("crl_stale", RevocationStatus.NoAnswer));
        list.Find(leaf, TestAuthority.Now.AddHours(-1), Minute, Minute).Fault.ShouldBe(RevocationFault.NotYetValid);
    }

    [Theory]
    [InlineData("delta", RevocationFault.DeltaList)]
    [InlineData("indirect", RevocationFault.IndirectList)]
    [InlineData("partial", RevocationFault.PartialList)]
    [InlineData("unknown", RevocationFault.CriticalExtension)]
    public void TryRead_ListOfAnotherKind_RefusedByName(string section, RevocationFault expected) =>
        Fault(Make(section), authority.Certificate).ShouldBe(expected);

    [Fact]
    public void TryRead_OtherIssuerOrKeyOrBytes_Refused()
    {
        byte[] list = Make();
        using var other = new TestAuthority("CN=Other CA", "other");
        using var same = new TestAuthority(key: "other");
        Fault(list, other.Certificate).ShouldBe(RevocationFault.WrongIssuer);
        Fault(list, same.Certificate).ShouldBe(RevocationFault.Signature);
        Fault([.. list, 0], authority.Certificate).ShouldBe(RevocationFault.Malformed);
        RevocationList.TryRead(list, authority.Certificate, out _, out RevocationFault fault, maximumLength: 100).ShouldBeFalse();
        fault.ShouldBe(RevocationFault.TooLarge);
        for (int i = 0; i < list.Length; i += 5)
        {
            byte[] broken = [.. list];
            broken[i] ^= 0x11;
            Fault(broken, authority.Certificate).ShouldNotBe(RevocationFault.None, $"offset {i}");
        }
    }

    [Fact]
    public void TryRead_ManyEntries_AllFound()
    {
        var builder = new CertificateRevocationListBuilder();
        for (int i = 0; i < 20_000; i++)
        {
            builder.AddEntry([2, (byte)(i >> 8), (byte)i], TestAuthority.Now.AddDays(-2), X509RevocationReason.Superseded);
        }

        builder.AddEntry(revoked, TestAuthority.Now.AddDays(-1));
        using X509Certificate2 issuer = authority.Certificate.HasPrivateKey ? authority.Certificate : authority.Certificate.CopyWithPrivateKey(authority.Key);
        byte[] der = builder.Build(
            issuer.SubjectName, X509SignatureGenerator.CreateForRSA(authority.Key, RSASignaturePadding.Pss), 1, TestAuthority.Now.AddDays(1),
            HashAlgorithmName.SHA384, X509AuthorityKeyIdentifierExtension.CreateFromIssuerNameAndSerialNumber(issuer.SubjectName, issuer.SerialNumberBytes.Span),
            TestAuthority.Now);
        RevocationList list = Read(der);
        list.Count.ShouldBe(20_001);
        Find(list, revoked).Status.ShouldBe(RevocationStatus.Revoked);
        Find(list, leaf).Status.ShouldBe(RevocationStatus.Good);
    }

    public void Dispose() => authority.Dispose();

    private static RevocationAnswer Find(RevocationList list, X509Certificate2 certificate) =>
        list.Find(certificate, TestAuthority.Now, Minute, TimeSpan.FromHours(1));

    private RevocationList Read(byte[] der)
    {
        RevocationList.TryRead(der, authority.Certificate, out RevocationList? list, out RevocationFault fault).ShouldBeTrue(fault.ToString());
        return list!;
    }

    private static RevocationFault Fault(byte[] der, X509Certificate2 issuer)
    {
        RevocationList.TryRead(der, issuer, out _, out RevocationFault fault);
        return fault;
    }

    private byte[] Make(string? extensions = null)
    {
        TestAuthority.Run(
            ["ca", "-config", authority.At("ca.cnf"), "-gencrl", "-out", authority.At("list.pem"), .. extensions is null ? (string[])[] : ["-crlexts", extensions]]);
        TestAuthority.Run("crl", "-in", authority.At("list.pem"), "-outform", "DER", "-out", authority.At("list.der"));
        return File.ReadAllBytes(authority.At("list.der"));
    }
}
