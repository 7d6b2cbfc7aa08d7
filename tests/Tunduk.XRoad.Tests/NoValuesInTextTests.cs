using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Rest;
using Tunduk.XRoad.Soap;
using Tunduk.XRoad.Tests.Soap;

namespace Tunduk.XRoad.Tests;

/// <summary>What a logger would print of a message's parts holds names and lengths, never values.</summary>
public sealed class NoValuesInTextTests
{
    private const string Secret = "12345678901234";

    [Fact]
    public void ToString_OfEverythingThatHoldsValues_ShowsNone()
    {
        RestTarget.TryParse($"/r1/a/b/c/d/e/{Secret}?pin={Secret}", IdentifierRules.Strict, out RestTarget target, out _).ShouldBeTrue();
        using SoapMessage fault = SoapSample.Read(SoapSample.Envelope("", $"<soapenv:Fault><faultcode>{Secret}</faultcode><faultstring>{Secret}</faultstring></soapenv:Fault>"));
        object[] all =
        [
            target,
            SoapSample.Headers() with { UserId = Secret, Issue = Secret, Id = Secret },
            new RestHeaders { Client = ClientId.Parse("a/b/c"), Id = Secret, UserId = Secret, Issue = Secret },
            new SecurityToken("urn:t", Secret),
            new RestError("client.bad_request", Secret, Secret),
            new SoapFaultText("Server", Secret, Secret, Secret),
            fault.Fault.ShouldNotBeNull(),
            fault,
        ];
        foreach (object value in all)
        {
            value.ToString().ShouldNotBeNull().ShouldNotContain(Secret);
        }
    }
}
