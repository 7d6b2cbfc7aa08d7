using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Evidence.Log;
using RevocationReason = Tunduk.Adapter.Sandbox.Pki.RevocationReason;
using V1 = Tunduk.Adapter.V1;

namespace Tunduk.Adapter.Tests.Reading;

// Over 300 lines: one gate, every reason it has to refuse a look.

/// <summary>Who may read what (clause 3.2.5): every look through the gate, every refusal by name and an entry.</summary>
public abstract class GateTests(PostgresServer? server)
{
    private const string Purpose = AuditWorld.Purpose;

    [Fact]
    [Provokes("grant_missing", Faces.Rest, Faces.Grpc)]
    [Provokes("grant_expired", Faces.Rest, Faces.Grpc)]
    [Provokes("query_invalid", Faces.Rest, Faces.Grpc)]
    public async Task Search_GrantMissingWrongOrExpired_IsRefusedByName()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        var search = new { purpose = Purpose };
        (await audit.PostAsync("search", search)).Status.ShouldBe(200);

        audit.Grant("valid: { from: 2020-01-01, until: 2020-12-31 }");
        await audit.RefusedAsync("grant_expired", "search", search);
        audit.Grant("reader: somebody");
        await audit.RefusedAsync("grant_missing", "search", search);
        audit.Sign(audit.GrantFile, AuditWorld.GrantText("G-1", "auditor"), byOwner: false);
        (await audit.RefusedAsync("grant_missing", "search", search)).GetProperty("found").GetString()!.ShouldContain("signature");
        audit.Grant();
        File.AppendAllText(audit.GrantFile, "# changed after it was signed\n");
        await audit.RefusedAsync("grant_missing", "search", search);
        audit.Grant("unknown: key");
        (await audit.RefusedAsync("grant_missing", "search", search)).GetProperty("found").GetString()!.ShouldContain("unknown_key");
        File.Delete(audit.GrantFile);
        await audit.RefusedAsync("grant_missing", "search", search);
        await audit.RefusedAsync("query_invalid", "search", new { purpose = " " });
        await audit.RefusedAsync("grant_missing", "search", search, "other-key-of-a-test");
    }

    [Fact]
    [Provokes("grant_exceeded", Faces.Rest, Faces.Grpc)]
    public async Task Search_BeyondTheGrant_SaysWhat()
    {
        await using var audit = await AuditWorld.StartAsync(server, "by: [message-id]", "depth: masked", "acts: [search, show]", "conditions: { case: required }", "counterparties: [sandbox/GOV/70009001/registry]");
        var record = await audit.ExchangeAsync();
        var person = new { kind = "pin", value = TestPersons.Somebody.Pin };
        Path(await audit.RefusedAsync("grant_exceeded", "search", new { purpose = Purpose })).ShouldBe("$.case");
        Path(await audit.RefusedAsync("grant_exceeded", "search", new { purpose = Purpose, @case = "17", person })).ShouldBe("$.person");
        Path(await audit.RefusedAsync("grant_exceeded", "search", new { purpose = Purpose, @case = "17", counterparty = "sandbox/GOV/70009001/other" })).ShouldBe("$.counterparty");
        Path(await audit.RefusedAsync("grant_exceeded", $"records/{record}", new { purpose = Purpose, @case = "17", depth = "full" })).ShouldBe("$.depth");
        Path(await audit.RefusedAsync("grant_exceeded", "export", new { purpose = Purpose, @case = "17" })).ShouldBe("act");

        var (_, shown) = await audit.PostAsync($"records/{record}", new { purpose = Purpose, @case = "17" });
        TestPersons.ShouldHoldNoValue(shown.ToString(), "a masked answer");
        shown.GetProperty("fields").EnumerateArray().ShouldContain(field => field.GetProperty("path").GetString() == "request/pin" && field.GetProperty("value").GetString()!.Contains("****", StringComparison.Ordinal));
        audit.Grant("depth: metadata");
        (_, shown) = await audit.PostAsync($"records/{record}", new { purpose = Purpose });
        shown.GetProperty("fields").GetArrayLength().ShouldBe(0);
        Path(await audit.RefusedAsync("grant_exceeded", "search", new { purpose = Purpose, removed = "response/photo" })).ShouldBe("$.removed");
        audit.Grant();
        (_, shown) = await audit.PostAsync($"records/{record}", new { purpose = Purpose });
        shown.ToString().ShouldContain(TestPersons.Somebody.Pin);

        // What the look was is in the log: who, why, and every member of the query.
        await audit.PostAsync("search", new { purpose = Purpose, own = "sandbox/COM/60009001/loans", role = "consumer", stage = "append", agreement = "SLA-1", limit = 7 });
        var look = (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 1 }, default)).Entries[0].Record;
        var facts = (await audit.Archive.GetAsync(look, default))!.Values.ToDictionary(value => value.Path, value => value.AsText(), StringComparer.Ordinal);
        foreach (var (path, value) in new[] { ("$reader", "auditor"), ("$purpose", Purpose), ("$query/own", "sandbox/COM/60009001/loans"), ("$query/role", "consumer"), ("$query/stage", "append"), ("$query/agreement", "SLA-1"), ("$query/limit", "7") })
        {
            facts[path].ShouldBe(value);
        }
    }

    [Fact]
    public async Task Search_ValueThatMatchesNothing_IsRefusedAsWrong()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        Path(await audit.RefusedAsync("query_invalid", "search", new { purpose = Purpose, outcome = "okay" })).ShouldBe("$.outcome");
        Path(await audit.RefusedAsync("query_invalid", "search", new { purpose = Purpose, service = "getPerson" })).ShouldBe("$.service");
        Path(await audit.RefusedAsync("query_invalid", "search", new { purpose = Purpose, stage = "nowhere" })).ShouldBe("$.stage");
        Path(await audit.RefusedAsync("query_invalid", "search", new { purpose = Purpose, person = new { kind = "name", value = "x" } })).ShouldBe("$.person.kind");
        Path(await audit.RefusedAsync("query_invalid", "records/17", new { purpose = Purpose })).ShouldBe("record");
    }

    [Fact]
    public async Task Search_Filters_FindWhatMatchesWithItsProof()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        var record = await audit.ExchangeAsync();
        var end = (await audit.Archive.GetEndAsync(record, default))!.Record.ToString();
        (await FindAsync(new { purpose = Purpose, person = new { kind = "pin", value = TestPersons.Somebody.Pin }, signature = "own-embedded" })).ShouldBe([record.ToString()]);
        (await FindAsync(new { purpose = Purpose, kind = "response", outcome = "ok" })).ShouldBe([end]);
        (await FindAsync(new { purpose = Purpose, signature = "failed" })).ShouldBeEmpty();
        (await FindAsync(new { purpose = Purpose, userId = TestPersons.UserId, basis = TestPersons.Issue, kind = "request" })).ShouldBe([record.ToString()]);

        var (_, page) = await audit.PostAsync("search", new { purpose = Purpose, kind = "request" });
        var proof = page.GetProperty("entries")[0].GetProperty("proof");
        CheckpointNote.TryParse(page.GetProperty("checkpoints")[0].GetString()!, out var checkpoint).ShouldBeTrue();
        MerkleProof.VerifyInclusion(
            MerkleHash.Leaf(proof.GetProperty("leaf").GetBytesFromBase64()), record.Index, checkpoint!.Size,
            [.. proof.GetProperty("path").EnumerateArray().Select(hash => new LogHash(hash.GetBytesFromBase64()))], checkpoint.Root).ShouldBeTrue();

        async Task<List<string>> FindAsync(object query)
        {
            var (status, answer) = await audit.PostAsync("search", query);
            status.ShouldBe(200, answer.ToString());
            return [.. answer.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("record").GetString()!)];
        }
    }

    [Fact]
    [Provokes("grant_ambiguous", Faces.Rest, Faces.Grpc)]
    public async Task Search_PageToken_IsBoundToCallerQueryAndGrant()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        for (var i = 0; i < 3; i++)
        {
            await audit.ExchangeAsync();
        }

        var (_, first) = await audit.PostAsync("search", new { purpose = Purpose, kind = "request", limit = 2 });
        var after = first.GetProperty("next").GetString();
        await audit.ExchangeAsync(); // arrives between two pages
        var (_, second) = await audit.PostAsync("search", new { purpose = Purpose, kind = "request", limit = 2, after });
        second.GetProperty("entries").GetArrayLength().ShouldBe(1);
        second.TryGetProperty("next", out _).ShouldBeFalse();

        audit.Sign(Sibling("other"), AuditWorld.GrantText("G-2", "other"));
        await audit.RefusedAsync("query_invalid", "search", new { purpose = Purpose, kind = "request", limit = 2, after }, "other-key-of-a-test");
        await audit.RefusedAsync("query_invalid", "search", new { purpose = Purpose, kind = "response", limit = 2, after });
        await audit.RefusedAsync("query_invalid", "search", new { purpose = Purpose, kind = "request", limit = 2, after = after![..^2] + (after[^2] == 'A' ? "BA" : "AA") });
        audit.Grant("depth: metadata");
        await audit.RefusedAsync("grant_expired", "search", new { purpose = Purpose, kind = "request", limit = 2, after });

        audit.Grant();
        audit.Sign(Sibling("twin"), AuditWorld.GrantText("G-3", "auditor", "depth: metadata"));
        (await audit.RefusedAsync("grant_ambiguous", "search", new { purpose = Purpose })).GetProperty("found").GetString().ShouldBe("G-1, G-3");
        var (status, named) = await audit.PostAsync("search", new { purpose = Purpose, grant = "G-3" });
        status.ShouldBe(200);
        named.GetProperty("grant").GetString()!.ShouldStartWith("G-3 ");

        string Sibling(string name) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(audit.GrantFile)!, name + ".yaml");
    }

    [Fact]
    [Provokes("approval_missing", Faces.Rest, Faces.Grpc)]
    [Provokes("approval_invalid", Faces.Rest, Faces.Grpc)]
    [Provokes("approval_used", Faces.Rest, Faces.Grpc)]
    public async Task Show_SecondPerson_ApprovesExactlyThisLookOnce()
    {
        await using var audit = await AuditWorld.StartAsync(server, "depth: evidence", "conditions: { secondPerson: [search] }");
        var record = await audit.ExchangeAsync();
        var other = await audit.ExchangeAsync();
        const string Nonce = "0123456789abcdef";
        (await audit.RefusedAsync("approval_missing", $"records/{record}", new { purpose = Purpose, depth = "evidence" })).TryGetProperty("details", out _).ShouldBeFalse();
        await audit.RefusedAsync("query_invalid", $"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = "short" });
        var asked = await audit.RefusedAsync("approval_missing", $"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce });
        var approval = await audit.ApproveAsync(asked);

        await audit.RefusedAsync("approval_invalid", $"records/{other}", new { purpose = Purpose, depth = "evidence", nonce = Nonce, approval });
        await audit.RefusedAsync("approval_invalid", $"records/{record}", new { purpose = "another purpose", depth = "evidence", nonce = Nonce, approval });
        await audit.RefusedAsync("approval_invalid", $"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce, approval = approval with { Signature = [.. approval.Signature[..^1], (byte)(approval.Signature[^1] ^ 1)] } });
        await audit.RefusedAsync("approval_invalid", $"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce, approval = await audit.ApproveAsync(asked, TimeSpan.FromDays(30)) });
        var (status, shown) = await audit.PostAsync($"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce, approval });
        status.ShouldBe(200, shown.ToString());
        shown.GetProperty("parts").EnumerateArray().ShouldContain(part => part.GetProperty("name").GetString() == "message" && part.ToString().Contains("\"content\"", StringComparison.Ordinal));
        await audit.RefusedAsync("approval_used", $"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce, approval });
        await audit.RefusedAsync("approval_missing", "search", new { purpose = Purpose, nonce = Nonce });
        (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Approval] }, default)).Entries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Search_GrantEndsBetweenTwoPages_IsRefusedByName()
    {
        await using var audit = await AuditWorld.StartAsync(server, "valid: { from: 2020-01-01, until: 2036-05-20 }");
        await audit.ExchangeAsync();
        await audit.ExchangeAsync();
        var end = new DateTimeOffset(2036, 5, 21, 0, 0, 0, TimeSpan.FromHours(6)) - TimeProvider.System.GetUtcNow();
        var (before, auditor) = audit.DeskAt(end - TimeSpan.FromMinutes(10));
        var request = new ArchiveSearchRequest { Purpose = Purpose, Kind = EntryKind.Request, Limit = 1 };
        (await before.Reader.SearchAsync(auditor, request)).TryGet(out var first, out var error).ShouldBeTrue(error?.ToString());
        first!.Next.ShouldNotBeNull();
        var (after, _) = audit.DeskAt(end + TimeSpan.FromMinutes(10));
        (await after.Reader.SearchAsync(auditor, request with { After = first.Next })).TryGet(out _, out error).ShouldBeFalse();
        error!.Code.ShouldBe("grant_expired");
        (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 1 }, default)).Entries[0].Entry.Code.ShouldBe("grant_expired");
    }

    [Fact]
    public async Task Show_OneApprovalForTwoLooksAtOnce_OneIsAnswered()
    {
        await using var audit = await AuditWorld.StartAsync(server, "depth: evidence");
        var record = await audit.ExchangeAsync();
        const string Nonce = "fedcba9876543210";
        var look = new { purpose = Purpose, depth = "evidence", nonce = Nonce };
        var approval = await audit.ApproveAsync(await audit.RefusedAsync("approval_missing", $"records/{record}", look));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => audit.PostAsync($"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce, approval })));
        answers.Count(static answer => answer.Status == 200).ShouldBe(1);
        answers.Where(static answer => answer.Status != 200).ShouldAllBe(static answer => answer.Answer.GetProperty("code").GetString() == "approval_used");
        (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Approval] }, default)).Entries.Count.ShouldBe(1);
        (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], Code = "approval_used" }, default)).Entries.Count.ShouldBe(3);
    }

    [Fact]
    [Provokes("record_unknown", Faces.Rest, Faces.Grpc)]
    public async Task Look_ThatCannotBeRead_IsRefusedAndAnEntry()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        await audit.RefusedAsync("json_malformed", "search", new { purpose = Purpose, unknown = "member" });
        Path(await audit.RefusedAsync("query_invalid", "search?person=" + TestPersons.Somebody.Pin, new { purpose = Purpose })).ShouldBe("address");
        await audit.RefusedAsync("record_unknown", "export", new { purpose = Purpose, messageId = "nobody has this" });
        await audit.RefusedAsync("query_invalid", "erase", new { purpose = Purpose, ground = "law", record = "x", person = new { kind = "pin", value = "1" } });
        (await audit.PostAsync("search", new { purpose = Purpose, stage = "archive", outcome = "log_begun" })).Answer.GetProperty("entries").GetArrayLength().ShouldBe(1);
        (await audit.PostAsync("search", new { purpose = Purpose, stage = "AGREEMENT", outcome = "PutInForce" })).Answer.GetProperty("entries").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Look_ByGrpcThatCannotBeRead_IsADenialAndAnEntryToo()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        var record = await audit.ExchangeAsync();
        using var client = RpcClient.Of(audit.World, audit.World.Folders.AuditorKey);
        foreach (var (code, ask) in new (string, Func<Task>)[]
        {
            ("query_invalid", () => client.StreamAsync<V1.SearchRequest, V1.SearchResponse>(RpcClient.Archive("Search"), new V1.SearchRequest { Purpose = Purpose, Limit = -1 })),
            ("query_invalid", () => client.StreamAsync<V1.SearchRequest, V1.SearchResponse>(RpcClient.Archive("Search"), new V1.SearchRequest { Purpose = Purpose, Kind = "nothing" })),
            ("query_invalid", () => client.StreamAsync<V1.ExportRequest, V1.ExportResponse>(RpcClient.Archive("Export"), new V1.ExportRequest { Purpose = Purpose, Kind = "nothing" })),
            ("query_invalid", () => client.CallAsync<V1.GetRequest, V1.Record>(RpcClient.Archive("Get"), new V1.GetRequest { Record = record.ToString(), Purpose = Purpose, Depth = "everything" })),
            ("query_invalid", () => client.CallAsync<V1.GetRequest, V1.Explanation>(RpcClient.Archive("Explain"), new V1.GetRequest { Record = record.ToString(), Purpose = Purpose, Depth = "everything" })),
        })
        {
            var before = audit.Archive.Status.Size;
            await RpcClient.RefusedAsync(code, ask);
            var newest = (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 1 }, default)).Entries[0];
            (newest.Entry.Code, newest.Record.Index >= before).ShouldBe((code, true));
        }

        // Bytes that are no message of the method.
        using var http = new HttpClient();
        foreach (var method in new[] { "Search", "Get", "Explain", "Export" })
        {
            using var raw = new HttpRequestMessage(HttpMethod.Post, new Uri(audit.World.Consumer.GrpcAddress!, "/tunduk.adapter.v1.Archive/" + method)) { Content = new ByteArrayContent([0, 0, 0, 0, 2, 0xFF, 0xFF]) };
            (raw.Version, raw.VersionPolicy) = (new Version(2, 0), HttpVersionPolicy.RequestVersionExact);
            raw.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
            raw.Headers.TryAddWithoutValidation("Authorization", "Bearer " + audit.World.Folders.AuditorKey);
            raw.Headers.TE.Add(new("trailers"));
            using var answer = await http.SendAsync(raw);
            answer.Headers.Concat(answer.TrailingHeaders).ShouldContain(header => header.Key == "grpc-status" && header.Value.First() == "3", method);
            var denied = (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], Code = "protobuf_malformed" }, default)).Entries[0];
            (await audit.Archive.GetAsync(denied.Record, default))!.Values.ShouldContain(value => value.Path == "$act" && value.AsText() == (method == "Get" ? "show" : method.ToLowerInvariant()));
        }
    }

    [Fact]
    public async Task Show_ApproverWhoseTimeIsOver_ApprovesNothing()
    {
        await using var audit = await AuditWorld.StartAsync(
            server, json => json["Callers"]!.AsArray().Single(caller => (string?)caller!["Name"] == "second")!["Expires"] = "2026-01-01T00:00:00Z", "depth: evidence");
        var record = await audit.ExchangeAsync();
        const string Nonce = "00112233445566778899";
        var asked = await audit.RefusedAsync("approval_missing", $"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce });
        var refusal = await audit.RefusedAsync("approval_invalid", $"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce, approval = await audit.ApproveAsync(asked) });
        refusal.GetProperty("found").GetString().ShouldBe("one that has expired");
    }

    [Fact]
    public async Task Show_ApproverWhoseCertificateIsRevokedOrNotAnsweredFor_ApprovesNothing()
    {
        await using var authority = await AuthorityServer.StartAsync(TestKeys.TheAuthority, 0, TimeProvider.System, CancellationToken.None);
        var second = TestKeys.TheAuthority.SigningCertificate("approver-" + Guid.NewGuid().ToString("N")[..8], "60009001", "Credit office (invented)", "approver");
        using var signer = SigningKey.FromPem("approver", second.CertificatePath, second.KeyPath);
        await using var audit = await AuditWorld.StartAsync(
            server,
            json =>
            {
                json["Callers"]!.AsArray().Single(caller => (string?)caller!["Name"] == "second")!["CertificateSha256"] = TestKeys.Sha256(second.Certificate);
                json["Trust"] = new JsonObject
                {
                    ["Revocation"] = TestRevocation.Of(authority, ("KeepFor", "00:00:30")),
                };
            },
            "depth: evidence");
        var record = await audit.ExchangeAsync();
        const string Nonce = "00112233445566778899";
        var asked = await audit.RefusedAsync("approval_missing", $"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce });
        (await audit.PostAsync($"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce, approval = await audit.ApproveAsync(asked, by: signer) })).Status.ShouldBe(200);

        authority.Ocsp.Fault = OcspFault.TryLater;
        (await FoundAsync()).ShouldBe("no answer of its authority");
        authority.Ocsp.Fault = OcspFault.None;
        TestKeys.TheAuthority.Revoke(second.Certificate, RevocationReason.KeyCompromise);
        (await FoundAsync()).ShouldStartWith("revoked since");

        // Past the end of the answer before.
        async Task<string> FoundAsync()
        {
            audit.World.Clock.Jump(TimeSpan.FromSeconds(40));
            return (await audit.RefusedAsync("approval_invalid", $"records/{record}", new { purpose = Purpose, depth = "evidence", nonce = Nonce, approval = await audit.ApproveAsync(asked, by: signer) }))
                .GetProperty("found").GetString()!;
        }
    }

    [Fact]
    [Provokes("export_failed", Faces.Rest, Faces.Grpc)]
    public async Task Export_PlaceForTheFileIsGone_IsRefusedByNameAndAnEntry()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        AdapterConfiguration.Load(audit.World.Folders.ConsumerConfiguration, out var configuration).ShouldBeEmpty();
        var place = System.IO.Path.Combine(configuration!.Resolve(configuration.Options.Documents.State), "export");
        if (Directory.Exists(place))
        {
            Directory.Delete(place, recursive: true);
        }

        await File.WriteAllTextAsync(place, "a file where a folder is meant");

        await audit.RefusedAsync("export_failed", "export", new { purpose = Purpose });
    }

    [Fact]
    public async Task Show_LooksOfOthersUnderALimitedGrant_AreNotThere()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        (await audit.PostAsync("search", new { purpose = Purpose, person = new { kind = "pin", value = TestPersons.Somebody.Pin } })).Status.ShouldBe(200);
        var look = (await audit.Archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.ArchiveAccess], PageSize = 1 }, default)).Entries[0].Record;
        audit.Grant("services: [sandbox/GOV/70009001/registry/other/v1]");
        await audit.RefusedAsync("record_unknown", $"records/{look}", new { purpose = Purpose });
    }

    [Fact]
    public async Task Search_KindOfPersonAsANumber_IsRefusedAndFindsNothingThatIsNoPerson()
    {
        // Numbers of IndexKind, and those that become them in the two bytes that are hashed: user, message id, removed field, what others looked for.
        await using var audit = await AuditWorld.StartAsync(server, "by: [person]", "depth: metadata", "system: false");
        await audit.ExchangeAsync();
        foreach (var kind in new[] { "-65520", "+16", " 16", "16", "-65518", "-65517", "-65471", "pin,document", "userId", "" })
        {
            var (_, answer) = await audit.PostAsync("search", new { purpose = Purpose, person = new { kind, value = TestPersons.UserId } });
            (answer.GetProperty("code").GetString(), Path(answer)).ShouldBe(("query_invalid", "$.person.kind"), kind);
        }

        // 1 and 2 together are 3, which is another kind than both.
        (await audit.PostAsync("search", new { purpose = Purpose, kind = "request,response" })).Answer.GetProperty("code").GetString().ShouldBe("json_malformed");
        foreach (var agreement in new[] { "", "SLA\0" })
        {
            var (_, answer) = await audit.PostAsync("search", new { purpose = Purpose, agreement });
            (answer.GetProperty("code").GetString(), Path(answer)).ShouldBe(("query_invalid", "$.agreement"));
        }

        foreach (var role in new[] { "-1", "+1", "consumer,provider" })
        {
            var (_, answer) = await audit.PostAsync("search", new { purpose = Purpose, role });
            (answer.GetProperty("code").GetString(), Path(answer)).ShouldBe(("query_invalid", "$.role"), role);
        }
    }

    [Fact]
    public async Task Search_EntriesOfTheArchiveItselfWithoutThatRight_IsRefusedWhetherThereAreAnyOrNot()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        var person = new { kind = "pin", value = TestPersons.Somebody.Pin };
        for (var i = 0; i < 3; i++)
        {
            (await audit.PostAsync("search", new { purpose = Purpose, person })).Status.ShouldBe(200);
        }

        foreach (var limit in new[] { "system: false", "own: [sandbox/COM/60009001/loans]", "services: [sandbox/GOV/70009001/registry/getPerson/v1]" })
        {
            audit.Grant(limit);
            foreach (var kind in new[] { "archive-access", "hold", "erasure", "configuration-change" })
            {
                // Not even in whether a page follows: that would tell that somebody looked for this person.
                Path(await audit.RefusedAsync("grant_exceeded", "search", new { purpose = Purpose, kind, limit = 1 })).ShouldBe("$.kind", limit);
            }

            Path(await audit.RefusedAsync("grant_exceeded", "search", new { purpose = Purpose, kind = "archive-access", person, limit = 1 })).ShouldBe("$.kind", limit);
            (await audit.PostAsync("search", new { purpose = Purpose, kind = "request" })).Answer.GetProperty("entries").GetArrayLength().ShouldBe(1, limit);
        }
    }

    [Fact]
    public async Task Search_TwoTextsOfOneGrant_NeitherCounts()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        await audit.ExchangeAsync();
        var copy = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(audit.GrantFile)!, "auditor.before.yaml"); // sorts before auditor.yaml
        audit.Sign(copy, AuditWorld.GrantText("G-1", "auditor"));
        (await audit.PostAsync("search", new { purpose = Purpose })).Status.ShouldBe(200, "the same text twice");
        audit.Grant("depth: metadata", "by: []");
        var found = (await audit.RefusedAsync("grant_missing", "search", new { purpose = Purpose })).GetProperty("found").GetString()!;
        found.ShouldContain("auditor.before.yaml, auditor.yaml");
        File.Delete(copy);
        (await audit.PostAsync("search", new { purpose = Purpose })).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Search_GrantWithNumbersOrListsForWords_DoesNotCount()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        foreach (var line in new[] { "acts: [\"search,show\"]", "acts: [search, \"-3\"]", "acts: [search, \"+4\"]", "acts: [search, \" 5\"]", "by: [\"person,user\"]", "conditions: { secondPerson: [\"-1\"] }" })
        {
            audit.Grant(line);
            (await audit.RefusedAsync("grant_missing", "search", new { purpose = Purpose })).GetProperty("found").GetString()!.ShouldContain("wrong_word", Case.Sensitive, line);
        }
    }

    [Fact]
    public async Task Open_OwnerSignerIsAKeyOfThisHost_IsAFaultWhateverItsFile()
    {
        await using var audit = await AuditWorld.StartAsync(server);
        AdapterConfiguration.Load(audit.World.Folders.ConsumerConfiguration, out var configuration).ShouldBeEmpty();
        var faults = new List<SettingFault>();
        using var keys = SigningKeys.Load(configuration!.Options, configuration.Resolve, faults)!;
        var copy = System.IO.Path.Combine(audit.World.ConsumerFolder, "owner2.pem");
        await File.WriteAllTextAsync(copy, keys.All.First().Certificate.ExportCertificatePem());
        configuration.Options.Documents.OwnerSigners.Clear();
        configuration.Options.Documents.OwnerSigners.Add(copy);
        ArchiveDesk.Create(configuration, audit.Archive, keys, AuditWorld.NoAuthorities, TimeProvider.System, faults).ShouldBeNull();
        faults.ShouldContain(fault => fault.ToString().Contains("key on this host", StringComparison.Ordinal));
    }

    private static string? Path(JsonElement refusal) => refusal.GetProperty("path").GetString();
}
