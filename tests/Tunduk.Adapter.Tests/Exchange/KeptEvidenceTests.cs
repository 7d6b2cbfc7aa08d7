using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>What is kept of a message that did not pass, and of one from which fields were removed.</summary>
public sealed class KeptEvidenceTests
{
    [Theory]
    [InlineData("evidence", true)]
    [InlineData("none", false)]
    public async Task Ask_AnswerWhoseSignerIsAStranger_IsKeptWhereTheAgreementSaysSo(string keep, bool kept)
    {
        await using var server = await SecurityServerDouble.StartAsync();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = server.Address, ConsumerAgreement = text => Keeping(text, keep) });
        byte[] answer = [];
        server.Answer = async (request, context) => await SecurityServerDouble.WriteAsync(context, answer = await Envelopes.AnswerAsync(request, certificate: TestKeys.Stranger.Certificate));

        await world.RefusedAsync("certificate_not_trusted", "verify");

        await HeldAsync(world.Consumer, "certificate_not_trusted", kept ? answer : null);
    }

    [Theory]
    [InlineData("evidence", true)]
    [InlineData("none", false)]
    public async Task Answer_RequestChangedAfterSigning_IsKeptWhereTheAgreementSaysSo(string keep, bool kept)
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithConsumer = false, ProviderAgreement = text => Keeping(text, keep) });
        var changed = Envelopes.Bytes(Envelopes.Text(await Envelopes.SignedAsync()).Replace(TestPersons.Somebody.Pin, "21201199000009", StringComparison.Ordinal));

        await world.FaultAsync("signature_invalid", changed);

        await HeldAsync(world.Provider, "signature_invalid", kept ? changed : null);
    }

    [Fact]
    public async Task Answer_RequestOfNobodyKnown_IsNeverKept()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithConsumer = false, ProviderAgreement = text => Keeping(text, "evidence") });

        await world.FaultAsync("no_agreement", await Envelopes.SignedAsync(Envelopes.Headers() with { Client = XRoad.Identifiers.ClientId.Parse(EndToEnd.NoAgreementClient) }));

        await HeldAsync(world.Provider, "no_agreement", null);
    }

    [Fact]
    public async Task Ask_FieldRemovedFromTheAnswer_LeavesACommitmentToWhatCameIn()
    {
        await using var server = await SecurityServerDouble.StartAsync();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = server.Address });
        byte[] answer = [];
        var more = $"<p:nationality>{TestPersons.Somebody.Nationality}</p:nationality>";
        server.Answer = async (request, context) => await SecurityServerDouble.WriteAsync(context, answer = await Envelopes.AnswerAsync(request, Envelopes.GetPersonResponse(more)));
        var reply = await world.AskAsync();
        reply.Status.ShouldBe(200, reply.Text);
        var response = await ResponseAsync(world, reply.MessageId!);
        var received = response.Values.Single(value => value.Path == ExchangeJournal.ReceivedName).Value;
        response.Parts.ShouldNotContain(part => part.Name == ExchangeJournal.MessagePart);

        // Whoever kept the bytes can show that these came in, and nobody else's fit.
        Commitment.Leaf(received.Span[..32], "$received"u8, ValueType.Part, ValuePresence.Present, answer).ShouldBe(new LogHash(received.Span[32..]));

        // It goes with any field it covers.
        (await world.Consumer.Archive.EraseAsync(
            new ErasureRequest { Records = [response.Record], Paths = ["response/surname"], Entry = new EntryDraft { Kind = EntryKind.Erasure, Code = "erased" } }, default)).Erased.ShouldBe(1);
        (await world.Consumer.Archive.GetAsync(response.Record, default))!.Values.ShouldNotContain(value => value.Path == ExchangeJournal.ReceivedName);

        more = "";
        reply = await world.AskAsync();
        reply.Status.ShouldBe(200, reply.Text);
        (await ResponseAsync(world, reply.MessageId!)).Values.ShouldNotContain(value => value.Path == ExchangeJournal.ReceivedName); // nothing was removed: the bytes are kept
    }

    [Fact]
    public void Part_OfARefusal_IsShownAsEvidenceOnly()
    {
        LogEntry refusal = new() { Log = LogId.New(), Index = 1, Kind = EntryKind.Refusal, Time = DateTimeOffset.UnixEpoch };
        (ShownDepth.Part(GrantDepth.Full, refusal), ShownDepth.Part(GrantDepth.Evidence, refusal)).ShouldBe((false, true));
        (ShownDepth.Value(GrantDepth.Full, ExchangeJournal.ReceivedName), ShownDepth.Value(GrantDepth.Evidence, ExchangeJournal.ReceivedName)).ShouldBe((false, true));
        ShownDepth.Value(GrantDepth.Full, "response/surname").ShouldBeTrue();
    }

    private static async Task HeldAsync(AdapterHost host, string code, byte[]? message)
    {
        var entry = (await TestWorld.FindAsync(host, code: code)).ShouldHaveSingleItem();
        var parts = (await host.Archive.GetAsync(entry.Record, default))!.Parts.Where(part => part.Name == ExchangeJournal.MessagePart).ToList();
        parts.Count.ShouldBe(message is null ? 0 : 1);
        if (message is not null)
        {
            parts[0].Content.ToArray().ShouldBe(message);
            entry.Entry.MessageSize.ShouldBe(message.Length);
        }
    }

    private static async Task<ArchiveRecord> ResponseAsync(TestWorld world, string messageId) =>
        (await world.Consumer.Archive.GetAsync((await TestWorld.FindAsync(world.Consumer, messageId: messageId)).Single(entry => entry.Entry.Kind == EntryKind.Response).Record, default))!;

    private static string Keeping(string text, string keep) =>
        text.Replace("archive: { content: filtered }", $"archive: {{ content: filtered, keepFailed: {keep} }}", StringComparison.Ordinal);
}
