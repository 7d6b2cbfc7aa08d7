using System.Text;
using System.Text.Json;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Judges;

/// <summary>zeep signs with its own plugin: subclassed to SHA-256 and <c>ta:Exchange</c> it is accepted and verifies our answer; as shipped it is refused by name.</summary>
[Collection(EndToEnd.Collection)]
public sealed class ZeepSignatureTests(EndToEnd fixture)
{
    private static readonly string Judge = Path.Combine(AppContext.BaseDirectory, "judges", "zeep_signed_get_person.py");
    private readonly TestWorld world = fixture.World;

    [Fact]
    public async Task GetPerson_SignedByTheSubclassedPlugin_AnsweredAndTheAnswersSignatureVerifies()
    {
        var (code, text) = await AskAsync("profile");

        code.ShouldBe(0, text);
        using var answer = JsonDocument.Parse(text);
        answer.RootElement.GetProperty("answer").GetProperty("body").GetProperty("response").GetProperty("surname").GetString().ShouldBe(TestPersons.Somebody.Surname);
        var request = (await TestWorld.FindAsync(world.Provider, messageId: answer.RootElement.GetProperty("id").GetString())).Single(entry => entry.Entry.Kind == EntryKind.Request).Entry;
        request.Signature.ShouldBe(SignatureStatus.Verified);
    }

    [Theory]
    [InlineData("shipped", "adapter.signature_invalid", "soap_signature_algorithm_weak")]
    [InlineData("sha256", "adapter.signature_invalid", "soap_exchange_missing")]
    public async Task GetPerson_SignedByThePluginAsShipped_RefusedByName(string mode, string fault, string reason)
    {
        var calls = world.InformationSystem.Calls.Count;

        var (code, text) = await AskAsync(mode);

        code.ShouldBe(1, text);
        text.ShouldContain(fault);
        world.InformationSystem.Calls.Count.ShouldBe(calls);
        using var answer = JsonDocument.Parse(text);
        var refusal = (await TestWorld.FindAsync(world.Provider, messageId: answer.RootElement.GetProperty("id").GetString())).ShouldHaveSingleItem();
        var record = (await world.Provider.Archive.GetAsync(refusal.Record, CancellationToken.None))!;
        Encoding.UTF8.GetString(record.Values.Single(value => value.Path == ExchangeJournal.FoundName).Value.Span).ShouldBe(reason);
    }

    private Task<(int Code, string Output)> AskAsync(string mode) => Tool.RunAsync(
        "/usr/bin/python3",
        Judge,
        world.SecurityServers.Consumer.Address.ToString(),
        TestPersons.Somebody.Pin,
        TestKeys.Consumer.KeyPath,
        TestKeys.Consumer.CertificatePath,
        TestKeys.Provider.CertificatePath,
        mode);
}
