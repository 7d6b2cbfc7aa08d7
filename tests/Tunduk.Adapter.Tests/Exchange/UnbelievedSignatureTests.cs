using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>
/// A provider that does not believe a request's signature says so in a signed refusal, and the consumer learns its code: the
/// commonest cause is a certificate that the provider's agreement does not name yet.
/// </summary>
public sealed partial class UnbelievedSignatureTests(UnbelievedSignatureTests.Fixture fixture) : IClassFixture<UnbelievedSignatureTests.Fixture>
{
    [Fact]
    public async Task Ask_ProviderDoesNotKnowTheCertificate_ItsCodeIsShown()
    {
        var refusal = await fixture.World.RefusedAsync("provider_fault", "forward");

        refusal.Found.ShouldNotBeNull().ShouldContain("adapter.certificate_not_trusted");
        refusal.OutcomeUnknown.ShouldBeFalse();
    }

    [Fact]
    public async Task Rest_ProviderDoesNotKnowTheCertificate_ItsCodeIsShown()
    {
        var reply = await fixture.RestAsync("GET", "/r1/" + DropInWorld.Persons + "/by-pin/1");

        reply.Text.ShouldContain("adapter.certificate_not_trusted");
        reply.Text.ShouldNotContain("response_not_bound");
    }

    public sealed partial class Fixture : DropInWorld
    {
        internal override TestWorldOptions Change(TestWorldOptions options) => options with
        {
            ProviderAgreement = text => Pin().Replace(options.ProviderAgreement(text), $"sha256: \"{Convert.ToHexStringLower(SHA256.HashData(TestKeys.Stranger.Certificate.RawData))}\""),
        };

        [GeneratedRegex("sha256: \"[0-9a-f]{64}\"")]
        private static partial Regex Pin();
    }
}
