using System.Text.RegularExpressions;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Signing;

/// <summary>Certificates that end between a request and its answer: what was done is said, nothing is shown, every entry has its end.</summary>
public sealed partial class ExpiryInAnExchangeTests
{
    [Fact]
    public async Task Ask_CertificatesExpireWhileTheInformationSystemWorks_IsNamedOnBothSides()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { ConsumerAgreement = Longer, ProviderAgreement = Longer });
        (await world.AskAsync()).Status.ShouldBe(200);
        var end = TestKeys.Provider.Certificate.NotAfter > TestKeys.Consumer.Certificate.NotAfter ? TestKeys.Provider.Certificate.NotAfter : TestKeys.Consumer.Certificate.NotAfter;
        world.InformationSystem.Misbehave = async context =>
        {
            world.Clock.Jump(new DateTimeOffset(end.ToUniversalTime()).AddMinutes(1) - world.Clock.GetUtcNow());
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(RegisterJson.WithEcho(TestPersons.Somebody.Pin, RegisterJson.Person(TestPersons.Somebody)));
        };

        var reply = await world.AskAsync();

        reply.Json.GetProperty("found").GetString().ShouldBe("adapter.signing_key_unavailable", reply.Text);
        TestPersons.ShouldHoldNoValue(reply.Text, "a refusal");
        reply.Json.GetProperty("outcomeUnknown").GetBoolean().ShouldBeTrue(reply.Text);
        (await TestWorld.FindAsync(world.Provider, messageId: reply.MessageId)).ShouldContain(static found => found.Entry.Kind == EntryKind.Refusal && found.Entry.Code == "signing_key_unavailable");
        (await TestWorld.FindAsync(world.Consumer, messageId: reply.MessageId)).ShouldContain(static found => found.Entry.Kind == EntryKind.OutcomeUnknown);
        await world.RefusedAsync("signing_key_unavailable", "sign");
        world.InformationSystem.Calls.Count.ShouldBe(2, "what cannot be signed is not asked");
        foreach (var host in new[] { world.Provider, world.Consumer })
        {
            await Wait.ForAsync(() => host.Archive.Status.OpenRequests == 0 && host.HeldBytes == 0);
        }
    }

    private static string Longer(string text) => Until().Replace(text, "until: 2090-01-01 }");

    [GeneratedRegex(@"until: [0-9]{4}-[0-9]{2}-[0-9]{2} \}")]
    private static partial Regex Until();
}
