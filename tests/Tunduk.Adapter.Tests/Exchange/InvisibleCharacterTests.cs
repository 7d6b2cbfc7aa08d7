using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Exchange;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>What a reader cannot see, XML cannot hold or a header cannot carry back is refused before anything is sent.</summary>
public sealed class InvisibleCharacterTests
{
    [Theory]
    [InlineData("X-Road-Id", "ы")]
    [InlineData("X-Road-Id", "two words")]
    [InlineData("X-Road-UserId", "KG\uFFFF1")]
    [InlineData("X-Road-UserId", "KG\u200B1")]
    [InlineData("X-Road-Issue", "loan-scoring \u202E7")]
    [InlineData("X-Road-Issue", "loan-scoring\u20287")]
    public void Header_InvisibleOrForeignCharacter_IsRefused(string name, string value)
    {
        var headers = new Microsoft.AspNetCore.Http.HeaderDictionary { [name] = value };
        CallHeaders.Read(headers).TryGet(out var given, out _).ShouldBeTrue();

        RequestHeaders.Make(Service(), given!).TryGet(out _, out var error).ShouldBeFalse();

        error!.Code.ShouldBe("header_invalid");
        error.Path.ShouldBe(name);
        error.Found!.ShouldNotContain(value);
    }

    [Fact]
    public void Issue_CyrillicText_Passes()
    {
        var headers = new Microsoft.AspNetCore.Http.HeaderDictionary { ["X-Road-Issue"] = "loan-scoring өтүнмө № 17", ["X-Road-Id"] = "2f0c1f4e-0000-4000-8000-000000000001" };
        CallHeaders.Read(headers).TryGet(out var given, out _).ShouldBeTrue();

        RequestHeaders.Make(Service(), given!).TryGet(out var made, out _).ShouldBeTrue();

        made!.Issue.ShouldBe("loan-scoring өтүнмө № 17");
    }

    private static ConsumedService Service() =>
        new("getPerson", ServiceId.Parse("sandbox/GOV/70009001/registry/getPerson/v1"), ClientId.Parse("sandbox/COM/60009001/loans"), Operation: null!, Limits: new Tunduk.Adapter.Resilience.ServiceLimits("x"));
}
