using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>Issue "main job" points 2–5 on a good day: what is asked, answered, removed and kept.</summary>
[Collection(EndToEnd.Collection)]
public sealed class AllowedExchangeTests(EndToEnd fixture)
{
    private readonly TestWorld world = fixture.World;

    [Fact]
    public async Task Ask_AllowedExchange_AnswersExactlyTheListedFields()
    {
        var reply = await world.AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
        reply.ContentType.ShouldBe("application/json; charset=utf-8");
        reply.Headers["Cache-Control"].ShouldBe("no-store");
        var expected = JsonNode.Parse(RegisterJson.WithEcho(TestPersons.Somebody.Pin, RegisterJson.Person(TestPersons.Somebody)))!;
        foreach (var unlisted in new[] { "nationality", "maritalStatus", "photo" })
        {
            ((JsonObject)expected["response"]!).Remove(unlisted).ShouldBeTrue();
        }

        // Same members, same order, same lists: nothing added, nothing lost but what the agreement does not list.
        JsonNode.Parse(reply.Body)!.ToJsonString().ShouldBe(expected.ToJsonString());
    }

    [Fact]
    public async Task Ask_IdGiven_EchoesItAndNamesTheRecord()
    {
        var id = Guid.NewGuid().ToString();
        var reply = await world.AskAsync(headers: new Dictionary<string, string?> { ["X-Road-Id"] = id });

        reply.Status.ShouldBe(200, reply.Text);
        reply.MessageId.ShouldBe(id);
        RecordId.TryParse(reply.Record.ShouldNotBeNull(), out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Ask_NoIdGiven_MakesANewUuidEachTime()
    {
        var first = await world.AskAsync();
        var second = await world.AskAsync();

        Guid.TryParse(first.MessageId, out _).ShouldBeTrue(first.MessageId);
        second.MessageId.ShouldNotBe(first.MessageId);
    }

    [Fact]
    public async Task Ask_OwnClientNamed_IsTheSameAsLeavingItOut()
    {
        var reply = await world.AskAsync(headers: new Dictionary<string, string?> { ["X-Road-Client"] = SandboxNames.Consumer });

        reply.Status.ShouldBe(200, reply.Text);
    }

    [Fact]
    public async Task Ask_AllowedExchange_IsFoundInBothArchivesByMessageIdAndPerson()
    {
        var reply = await world.AskAsync();

        foreach (var (host, role) in new[] { (world.Consumer, ExchangeRole.Consumer), (world.Provider, ExchangeRole.Provider) })
        {
            var found = await TestWorld.FindAsync(host, messageId: reply.MessageId);
            found.Select(entry => entry.Entry.Kind).Order().ShouldBe([EntryKind.Request, EntryKind.Response]);
            found.ShouldAllBe(entry => entry.Entry.Role == role && entry.Entry.Code == "ok" && entry.Entry.Agreement == "SLA-2026-014" && entry.Entry.AgreementVersion == 1);
            found.ShouldAllBe(entry => entry.Entry.Service == SandboxNames.GetPerson && entry.Entry.Flags.HasFlag(EntryFlags.Sandbox));
            found.Single(entry => entry.Entry.Kind == EntryKind.Request).End.ShouldBe(found.Single(entry => entry.Entry.Kind == EntryKind.Response).Record);

            var byPerson = await host.Archive.SearchAsync(new SearchQuery { Terms = [new IndexTerm(IndexKind.Pin, TestPersons.Somebody.Pin), new IndexTerm(IndexKind.MessageId, reply.MessageId!)] }, CancellationToken.None);
            byPerson.Entries.ShouldNotBeEmpty();
        }

        // What was received is known to be verified, and by whose certificate.
        var received = (await TestWorld.FindAsync(world.Provider, messageId: reply.MessageId)).Single(entry => entry.Entry.Kind == EntryKind.Request).Entry;
        received.Signature.ShouldBe(SignatureStatus.Verified);
        Convert.ToHexStringLower(received.CertificateSha256.Span).ShouldBe(TestKeys.Sha256(TestKeys.Consumer.Certificate));
    }

    [Fact]
    public async Task Ask_UnlistedFieldAnswered_ProviderNotesItsNameAndNeverItsValue()
    {
        var reply = await world.AskAsync();

        var response = (await TestWorld.FindAsync(world.Provider, messageId: reply.MessageId)).Single(entry => entry.Entry.Kind == EntryKind.Response);
        response.Entry.Flags.HasFlag(EntryFlags.FieldsRemoved).ShouldBeTrue();
        var record = (await world.Provider.Archive.GetAsync(response.Record, CancellationToken.None)).ShouldNotBeNull();
        var removed = record.Values.Where(value => value.Presence == ValuePresence.Removed).ToList();
        removed.Select(value => value.Path).Order().ShouldBe(["response/maritalStatus", "response/nationality", "response/photo"]);
        removed.ShouldAllBe(value => value.Value.IsEmpty);
    }

    [Fact]
    public async Task Ask_AllowedExchange_InformationSystemIsToldWhoAsksAndOnWhichBasis()
    {
        var reply = await world.AskAsync();

        var call = world.InformationSystem.Calls.Single(call => call.Headers.GetValueOrDefault("X-Road-Id") == reply.MessageId);
        call.Body.ShouldBe(TestPersons.Request);
        call.Headers["X-Road-Client"].ShouldBe(SandboxNames.Consumer);
        call.Headers["X-Road-Service"].ShouldBe(SandboxNames.GetPerson);
        call.Headers["X-Road-UserId"].ShouldBe(TestPersons.UserId);
        call.Headers["X-Road-Issue"].ShouldBe(TestPersons.Issue);
        RecordId.TryParse(call.Headers["X-Tunduk-Record"], out _).ShouldBeTrue();
        call.Headers.Keys.ShouldNotContain("Authorization");
        call.Headers.Keys.ShouldNotContain("Cookie");
    }

    [Fact]
    public async Task Ask_HeadersOfTheInformationSystem_DoNotCrossToTheCounterparty()
    {
        var reply = await world.AskAsync(headers: new Dictionary<string, string?> { ["Cookie"] = "session=crossing", ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", ["X-Anything"] = "crossing" });

        reply.Status.ShouldBe(200, reply.Text);
        var call = world.InformationSystem.Calls.Single(call => call.Headers.GetValueOrDefault("X-Road-Id") == reply.MessageId);
        call.Headers.Values.ShouldAllBe(value => !value.Contains("crossing", StringComparison.Ordinal) && !value.Contains("0af7651916cd43dd8448eb211c80319c", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_InformationSystemLeavesTheEchoOut_AnswerHoldsTheRequiredEcho()
    {
        var person = System.Text.Encoding.UTF8.GetString(RegisterJson.Person(TestPersons.Somebody));
        world.InformationSystem.Misbehave = InformationSystemDouble.Answering("{\"response\":" + person + "}");
        try
        {
            var reply = await world.AskAsync();

            reply.Status.ShouldBe(200, reply.Text);
            reply.Json.GetProperty("request").GetProperty("pin").GetString().ShouldBe(TestPersons.Somebody.Pin);
            reply.Json.GetProperty("response").GetProperty("surname").GetString().ShouldBe(TestPersons.Somebody.Surname);
        }
        finally
        {
            world.InformationSystem.Misbehave = null;
        }
    }
}
