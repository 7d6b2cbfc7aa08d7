using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Reading;
using Tunduk.Adapter.V1;
using Tunduk.Archive;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using Record = Tunduk.Adapter.V1.Record;
using V1 = Tunduk.Adapter.V1;

namespace Tunduk.Adapter.Tests.Rpc;

/// <summary><c>tunduk.adapter.v1.Archive</c>: what REST says, through the same gate, each look an entry.</summary>
public sealed class ArchiveRpcTests
{
    [Fact]
    public async Task Search_ByPerson_StreamsWhatRestShowsWithProofs()
    {
        await using var audit = await AuditWorld.StartAsync(null);
        await audit.ExchangeAsync();
        await audit.ExchangeAsync();
        using var client = Auditor(audit);

        var found = await client.StreamAsync<SearchRequest, SearchResponse>(RpcClient.Archive("Search"), Search());

        var entries = found.Where(part => part.PartCase == SearchResponse.PartOneofCase.Entry).Select(part => part.Entry).ToList();
        entries.Select(entry => entry.Kind).Order(StringComparer.Ordinal).ShouldBe(["request", "request", "response", "response"]);
        entries.ShouldAllBe(entry => entry.Proof.Path.Count > 0);
        found.ShouldAllBe(part => part.Grant.StartsWith("G-1"));
        found[0].Checkpoint.ShouldContain("\n\n— ", customMessage: "the checkpoint comes before the entries whose proofs lead to it");
        var (_, rest) = await audit.PostAsync("search", new ArchiveSearchRequest { Purpose = AuditWorld.Purpose, Person = new ArchivePerson("pin", TestPersons.Somebody.Pin) });
        entries.Select(entry => entry.Record).ShouldBe(rest.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("record").GetString()!));
    }

    [Fact]
    public async Task Search_MorePages_EachIsAnEntryBeforeItIsShown()
    {
        await using var audit = await AuditWorld.StartAsync(null);
        await Task.WhenAll(Enumerable.Range(0, 120).Select(_ => audit.ExchangeAsync()));
        using var client = Auditor(audit);

        var all = await client.StreamAsync<SearchRequest, SearchResponse>(RpcClient.Archive("Search"), Search());
        var some = await client.StreamAsync<SearchRequest, SearchResponse>(RpcClient.Archive("Search"), Search(3));

        all.Count(part => part.PartCase == SearchResponse.PartOneofCase.Entry).ShouldBe(240);
        some.Count(part => part.PartCase == SearchResponse.PartOneofCase.Entry).ShouldBe(3);
        (await LooksAsync(audit, "search")).ShouldBe(3, "two pages and one");
    }

    [Fact]
    public async Task Get_OneRecord_ShowsWhatTheGrantShows()
    {
        await using var audit = await AuditWorld.StartAsync(null, "depth: names");
        var record = await audit.ExchangeAsync();
        using var client = Auditor(audit);

        var shown = await client.CallAsync<GetRequest, Record>(RpcClient.Archive("Get"), Get(record));

        shown.Depth.ShouldBe("names");
        shown.Sealed.ShouldBe("complete");
        shown.Fields.ShouldContain(field => field.Path == "request/pin" && !field.HasValue);
        TestPersons.ShouldHoldNoValue(shown.ToString(), "names");
        var (_, rest) = await audit.PostAsync("records/" + record, new ArchiveAccess { Purpose = AuditWorld.Purpose });
        JsonParser.Default.Parse<Record>(rest.ToString()).Fields.ShouldBe(shown.Fields, "REST and gRPC are the same message");
    }

    [Fact]
    public async Task Prove_Entry_LeadsToASignedCheckpoint()
    {
        await using var audit = await AuditWorld.StartAsync(null);
        var record = await audit.ExchangeAsync();
        using var client = Auditor(audit);

        var proof = await client.CallAsync<GetRequest, V1.InclusionProof>(RpcClient.Archive("Prove"), Get(record));

        proof.Record.ShouldBe(record.ToString());
        CheckpointNote.TryParse(proof.Checkpoint, out var checkpoint).ShouldBeTrue();
        MerkleProof.VerifyInclusion(MerkleHash.Leaf(proof.Proof.Leaf.Span), record.Index, checkpoint!.Size, [.. proof.Proof.Path.Select(hash => new LogHash(hash.Span))], checkpoint.Root).ShouldBeTrue();
        (await audit.PostAsync("prove/" + record, new ArchiveAccess { Purpose = AuditWorld.Purpose })).Answer.GetProperty("record").GetString().ShouldBe(record.ToString());
        (await LooksAsync(audit, "show")).ShouldBe(2);
    }

    [Fact]
    public async Task Explain_Refusal_SaysWhatRestSays()
    {
        await using var audit = await AuditWorld.StartAsync(null);
        var refused = await audit.World.RefusedAsync("contract_violated", "validate", content: TestWorld.Json("""{"request":{}}"""));
        using var client = Auditor(audit);

        var explained = await client.CallAsync<GetRequest, V1.Explanation>(RpcClient.Archive("Explain"), new GetRequest { Record = refused.Record, Purpose = AuditWorld.Purpose });

        explained.Path.ShouldBe("$.request.pin");
        explained.Entry.Outcome.ShouldBe("contract_violated");
        explained.Title.ShouldBe(refused.Problem.GetProperty("title").GetString());
        explained.Remedy.ShouldBe(refused.Problem.GetProperty("remedy").GetString());
    }

    [Fact]
    public async Task Explain_NameThatTheSenderMadeUp_IsShownUnderAGrantAndNotToOperations()
    {
        const string key = "operations-key-of-a-test";
        await using var audit = await AuditWorld.StartAsync(null, static json => ((JsonArray)json["Callers"]!).Add(new JsonObject { ["Name"] = "operations", ["ApiKeySha256"] = TestWorld.Digest(key), ["Roles"] = new JsonArray("operations") }));
        var refused = await audit.World.RefusedAsync("contract_violated", "validate", content: TestWorld.Json("""{"request":{"pin":"21502197994378","Asanov Asan":"1"}}"""));
        refused.Problem.GetProperty("path").GetString()!.ShouldContain("Asanov", customMessage: "who asked is told");

        var (_, ofGrant) = await audit.PostAsync("explain/" + refused.Record, new ArchiveAccess { Purpose = AuditWorld.Purpose });
        var (_, ofOperations) = await audit.PostAsync("explain/" + refused.Record, new ArchiveAccess { Purpose = AuditWorld.Purpose }, key);

        ofGrant.GetProperty("path").GetString()!.ShouldContain("Asanov");
        ofOperations.GetProperty("path").GetString().ShouldBe("(unlisted)");
        ofOperations.GetProperty("rule").GetString().ShouldBe(ofGrant.GetProperty("rule").GetString());
        ofOperations.ToString().ShouldNotContain("Asanov");
        var known = await audit.World.RefusedAsync("contract_violated", "validate", content: TestWorld.Json("""{"request":{}}"""));
        (await audit.PostAsync("explain/" + known.Record, new ArchiveAccess { Purpose = AuditWorld.Purpose }, key)).Answer.GetProperty("path").GetString().ShouldBe("$.request.pin", "the contract's own names say nothing of anybody");
    }

    [Fact]
    public async Task Explain_OneNameOfSeveralFaultsMadeUp_ItsDetailsAreNotForOperations()
    {
        const string key = "operations-key-of-a-test";
        await using var audit = await AuditWorld.StartAsync(null, static json => ((JsonArray)json["Callers"]!).Add(new JsonObject { ["Name"] = "operations", ["ApiKeySha256"] = TestWorld.Digest(key), ["Roles"] = new JsonArray("operations") }));
        var refused = await audit.World.RefusedAsync("contract_violated", "validate", content: TestWorld.Json("""{"request":{"Asanov Asan":"1"}}"""));
        refused.Problem.GetProperty("details").ToString().ShouldContain("Asanov", customMessage: "the name is among several faults");

        var (_, ofGrant) = await audit.PostAsync("explain/" + refused.Record, new ArchiveAccess { Purpose = AuditWorld.Purpose });
        var (_, ofOperations) = await audit.PostAsync("explain/" + refused.Record, new ArchiveAccess { Purpose = AuditWorld.Purpose }, key);

        ofGrant.GetProperty("path").GetString().ShouldNotBe("(unlisted)");
        ofOperations.ToString().ShouldNotContain("Asanov");
        ofOperations.GetProperty("path").GetString().ShouldBe("(unlisted)");
        ofOperations.TryGetProperty("found", out _).ShouldBeFalse();
        (ofOperations.TryGetProperty("details", out var details) ? details.GetArrayLength() : 0).ShouldBe(0);
    }

    [Fact]
    public async Task Export_StreamedInPieces_IsABundleThatVerifies()
    {
        await using var audit = await AuditWorld.StartAsync(null);
        var record = await audit.ExchangeAsync();
        using var client = Auditor(audit);

        var pieces = await client.StreamAsync<ExportRequest, ExportResponse>(RpcClient.Archive("Export"), new ExportRequest { Purpose = AuditWorld.Purpose, Records = { record.ToString() } });

        pieces[0].Bundle.Records.ShouldBe(1);
        var bundle = pieces.Skip(1).SelectMany(piece => piece.Content.ToByteArray()).ToArray();
        bundle.LongLength.ShouldBe(pieces[0].Bundle.Length);
        audit.Verify(bundle, await audit.TrustAsync()).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Look_WithoutGrantOrPurpose_IsRefusedAsOnRestAndIsAnEntry()
    {
        await using var audit = await AuditWorld.StartAsync(null, "acts: [search]");
        var record = await audit.ExchangeAsync();
        using var client = Auditor(audit);
        using var stranger = RpcClient.Of(audit.World, "other-key-of-a-test");
        using var system = RpcClient.Of(audit.World);

        (await RpcClient.RefusedAsync("query_invalid", () => client.StreamAsync<SearchRequest, SearchResponse>(RpcClient.Archive("Search"), new SearchRequest()))).Path.ShouldBe("$.purpose");
        await RpcClient.RefusedAsync("query_invalid", () => client.StreamAsync<SearchRequest, SearchResponse>(RpcClient.Archive("Search"), new SearchRequest { Purpose = "x", Kind = "king" }));
        await RpcClient.RefusedAsync("grant_exceeded", () => client.CallAsync<GetRequest, Record>(RpcClient.Archive("Get"), Get(record)));
        await RpcClient.RefusedAsync("grant_missing", () => stranger.CallAsync<GetRequest, Record>(RpcClient.Archive("Get"), Get(record)));
        await RpcClient.RefusedAsync("caller_not_permitted", () => system.CallAsync<GetRequest, Record>(RpcClient.Archive("Get"), Get(record)));
        foreach (var code in new[] { "grant_exceeded", "grant_missing", "caller_not_permitted" })
        {
            (await LooksAsync(audit, code)).ShouldBe(1, code);
        }
    }

    [Fact]
    public async Task Get_EvidenceWithoutASecondPerson_AsksForTheApprovalAndTakesIt()
    {
        await using var audit = await AuditWorld.StartAsync(null, "depth: evidence");
        var record = await audit.ExchangeAsync();
        using var client = Auditor(audit);
        var request = new GetRequest { Record = record.ToString(), Purpose = AuditWorld.Purpose, Depth = "evidence", Nonce = "0123456789abcdef" };

        var refusal = await RpcClient.RefusedAsync("approval_missing", () => client.CallAsync<GetRequest, Record>(RpcClient.Archive("Get"), request));
        using var asJson = JsonDocument.Parse(JsonSerializer.Serialize(new { details = refusal.Details.ToArray() }));
        var approval = await audit.ApproveAsync(asJson.RootElement);
        request.Approval = new V1.Approval { Statement = approval.Statement, Signature = ByteString.CopyFrom(approval.Signature) };
        var shown = await client.CallAsync<GetRequest, Record>(RpcClient.Archive("Get"), request);

        shown.Depth.ShouldBe("evidence");
        await RpcClient.RefusedAsync("approval_used", () => client.CallAsync<GetRequest, Record>(RpcClient.Archive("Get"), request));
    }

    private static RpcClient Auditor(AuditWorld audit) => RpcClient.Of(audit.World, audit.World.Folders.AuditorKey);

    private static SearchRequest Search(int limit = 0) => new() { Purpose = AuditWorld.Purpose, Person = new Person { Kind = "pin", Value = TestPersons.Somebody.Pin }, Limit = limit };

    private static GetRequest Get(RecordId record) => new() { Record = record.ToString(), Purpose = AuditWorld.Purpose };

    private static async Task<int> LooksAsync(AuditWorld audit, string code) =>
        (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], Code = code, PageSize = 100 }, default)).Entries.Count;
}
