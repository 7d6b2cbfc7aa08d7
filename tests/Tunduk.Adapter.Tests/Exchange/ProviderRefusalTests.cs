using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.Exchange;

// Over 300 lines: every refusal of the provider's side, over one world.

/// <summary>What a counterparty is answered and refused, by agreement and by signature.</summary>
[Collection(EndToEnd.Collection)]
public sealed class ProviderRefusalTests(EndToEnd fixture)
{
    private readonly TestWorld world = fixture.World;

    [Fact]
    public async Task Answer_SignedRequest_AnswersSignedWithTheHeadersCopied()
    {
        var headers = Envelopes.Headers();
        var reply = await world.PostSoapAsync(await Envelopes.SignedAsync(headers));

        reply.Status.ShouldBe(200, reply.Text);
        reply.IsSigned.ShouldBeTrue();
        reply.Header("id").ShouldBe(headers.Id);
        reply.Header("userId").ShouldBe(TestPersons.UserId);
        reply.Header("issue").ShouldBe(TestPersons.Issue);
        reply.BodyChild!.Name.LocalName.ShouldBe("getPersonResponse");
        reply.Text.ShouldContain(TestPersons.Somebody.Surname);
        reply.Text.ShouldNotContain(TestPersons.Somebody.MaritalStatus!);
        reply.Text.ShouldNotContain("<photo");
    }

    [Theory]
    [InlineData(EndToEnd.NoAgreementClient, "no_agreement")]
    [InlineData(EndToEnd.ExpiredClient, "agreement_expired")]
    [InlineData(EndToEnd.FutureClient, "agreement_not_yet_valid")]
    public async Task Answer_ClientWithoutAgreementInForce_IsRefused(string client, string code)
    {
        var headers = Envelopes.Headers() with { Client = ClientId.Parse(client) };
        var reply = await world.FaultAsync(code, await Envelopes.SignedAsync(headers));

        reply.Record.ShouldNotBeNull();
        (await TestWorld.FindAsync(world.Provider, messageId: headers.Id)).ShouldHaveSingleItem().Entry.Counterparty.ShouldBe(client);
    }

    [Fact]
    public async Task Answer_ServiceNotInTheAgreement_IsRefused()
    {
        var headers = Envelopes.Headers() with { Service = ServiceId.Parse(SandboxNames.GetVehicles) };
        await world.FaultAsync("service_not_listed", await Envelopes.SignedAsync(headers, $"<p:getVehicles xmlns:p=\"{Envelopes.Producer}\"/>"));
    }

    [Theory]
    [InlineData("sandbox/GOV/70009001/registry/getNobody/v1", "getNobody")]
    [InlineData("sandbox/GOV/70009001/registry/getPerson/v9", "getPerson")]
    [InlineData("sandbox/GOV/70009001/other/getPerson/v1", "getPerson")]
    [InlineData("sandbox/GOV/70009001/registry/getPerson", "getPerson")]
    [Provokes("service_unknown", Faces.Soap)]
    public async Task Answer_ServiceNotOurs_IsRefused(string service, string element)
    {
        var headers = Envelopes.Headers() with { Service = ServiceId.Parse(service) };
        await world.FaultAsync("service_unknown", await Envelopes.SignedAsync(headers, $"<p:{element} xmlns:p=\"{Envelopes.Producer}\"/>"));
    }

    public static TheoryData<string, string?, string?, string> People => new()
    {
        { "no userId", null, TestPersons.Issue, "user_id_missing" },
        { "empty userId", "", TestPersons.Issue, "user_id_missing" },
        { "userId one", "1", TestPersons.Issue, "user_id_placeholder" },
        { "userId typed at random", "asdasd", TestPersons.Issue, "user_id_placeholder" },
        { "no issue", TestPersons.UserId, null, "issue_missing" },
        { "issue question mark", TestPersons.UserId, "?", "issue_placeholder" },
        { "issue test", TestPersons.UserId, "test", "issue_placeholder" },
        { "another purpose", TestPersons.UserId, "curiosity", "purpose_not_agreed" },
    };

    [Theory]
    [MemberData(nameof(People))]
    public async Task Answer_UserOrIssueSaysNothing_IsRefused(string name, string? userId, string? issue, string code)
    {
        var reply = await world.FaultAsync(code, await Envelopes.SignedAsync(Envelopes.Headers() with { UserId = userId, Issue = issue }));

        reply.Record.ShouldNotBeNull(name);
        reply.IsSigned.ShouldBeTrue("a refusal to a known counterparty is evidence");
    }

    [Fact]
    public async Task Answer_UserAndIssueAbsentWhereTheAgreementOnlyRecords_IsAnsweredAndNoted()
    {
        var headers = Envelopes.Headers() with { Client = ClientId.Parse(EndToEnd.RecordingClient), UserId = null, Issue = null };
        var reply = await world.PostSoapAsync(Envelopes.Unsigned(headers, Envelopes.GetPerson()));

        reply.Status.ShouldBe(200, reply.Text);
        var request = (await TestWorld.FindAsync(world.Provider, messageId: headers.Id)).Single(entry => entry.Entry.Kind == EntryKind.Request).Entry;
        request.Flags.HasFlag(EntryFlags.UserIdAbsent).ShouldBeTrue();
        request.Flags.HasFlag(EntryFlags.BasisAbsent).ShouldBeTrue();
        request.Signature.ShouldBe(SignatureStatus.Absent);
    }

    [Fact]
    public async Task Answer_RepresentedPartyNotAgreed_IsRefused()
    {
        RepresentedParty.TryParse("COM/60009777", out var party, out _).ShouldBeTrue();
        await world.FaultAsync("represented_party_not_agreed", await Envelopes.SignedAsync(Envelopes.Headers() with { RepresentedParty = party }));
    }

    [Fact]
    public async Task Answer_UnlistedFieldWhereTheAgreementRefuses_IsRefusedWithoutAValue()
    {
        var headers = Envelopes.Headers() with { Client = ClientId.Parse(EndToEnd.StrictClient) };
        var reply = await world.PostSoapAsync(await Envelopes.SignedAsync(headers));

        reply.FaultCode.ShouldBe("adapter.executed_not_archived", "it was executed, and must not read as a refusal of the request: " + reply.Text);
        reply.Status.ShouldBe(500);
        TestPersons.ShouldHoldNoValue(reply.Text, "a fault");
        var entry = await TestWorld.EndOfAsync(world.Provider, reply.Record!);
        entry.Kind.ShouldBe(EntryKind.Refusal);
        entry.Code.ShouldBe("field_not_listed");
    }

    [Fact]
    public async Task Answer_UnsignedWhereASignatureIsDemanded_IsRefused()
    {
        var headers = Envelopes.Headers();
        await world.FaultAsync("signature_missing", Envelopes.Unsigned(headers, Envelopes.GetPerson()));

        (await TestWorld.FindAsync(world.Provider, messageId: headers.Id)).ShouldHaveSingleItem().Entry.Signature.ShouldBe(SignatureStatus.Failed);
    }

    [Fact]
    public async Task Answer_StrangersCertificate_IsRefused() =>
        await world.FaultAsync("certificate_not_trusted", await Envelopes.SignedAsync(certificate: TestKeys.Stranger.Certificate));

    [Fact]
    public async Task Answer_PinnedCertificateThatExpired_IsRefused() =>
        await world.FaultAsync("certificate_not_trusted", await Envelopes.SignedAsync(Envelopes.Headers() with { Client = ClientId.Parse(EndToEnd.ExpiredCertificateClient) }, certificate: EndToEnd.ExpiredCertificate));

    [Fact]
    public async Task Answer_PinnedCertificateOfAnotherUsage_IsRefused() =>
        await world.FaultAsync("certificate_not_trusted", await Envelopes.SignedAsync(Envelopes.Headers() with { Client = ClientId.Parse(EndToEnd.WrongUsageClient) }, certificate: EndToEnd.WrongUsageCertificate));

    [Fact]
    public async Task Answer_ProvidersOwnCertificate_IsRefused() =>
        await world.FaultAsync("signature_missing", await Envelopes.SignedAsync(certificate: TestKeys.Provider.Certificate));

    [Theory]
    [InlineData(-120, "made two hours ago")]
    [InlineData(+120, "made in two hours")]
    public async Task Answer_SignatureOfAnotherTime_IsRefused(int minutes, string why)
    {
        var reply = await world.FaultAsync("signature_invalid", await Envelopes.SignedAsync(created: TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(minutes)));

        reply.Record.ShouldNotBeNull(why);
    }

    public static TheoryData<string, string, string> Alterations => new()
    {
        { "another person asked for", TestPersons.Somebody.Pin, TestPersons.All[1].Pin },
        { "another user", "userId>" + TestPersons.UserId, "userId>KG20000000000009" },
        { "another basis", "application 2026-00017", "application 2026-00018" },
        { "another time", "<wsu:Created>20", "<wsu:Created>21" },
    };

    [Theory]
    [MemberData(nameof(Alterations))]
    public async Task Answer_AlteredAfterSigning_IsRefused(string name, string from, string to)
    {
        var text = System.Text.Encoding.UTF8.GetString(await Envelopes.SignedAsync());
        text.ShouldContain(from);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        var altered = text[..at] + to + text[(at + from.Length)..];

        var reply = await world.FaultAsync("signature_invalid", Envelopes.Bytes(altered));

        reply.Record.ShouldNotBeNull(name);
    }

    [Fact]
    public async Task Answer_IdAlteredAfterSigning_IsRefused()
    {
        var headers = Envelopes.Headers();
        var text = System.Text.Encoding.UTF8.GetString(await Envelopes.SignedAsync(headers));
        var at = text.IndexOf(headers.Id, StringComparison.Ordinal);

        await world.FaultAsync("signature_invalid", Envelopes.Bytes(text[..at] + Guid.NewGuid() + text[(at + headers.Id.Length)..]));
    }

    [Fact]
    [Provokes("message_replayed", Faces.Soap)]
    public async Task Answer_CapturedRequestSentAgain_IsRefusedAndAskedOnce()
    {
        var headers = Envelopes.Headers();
        var captured = await Envelopes.SignedAsync(headers);
        (await world.PostSoapAsync(captured)).Status.ShouldBe(200);

        var reply = await world.FaultAsync("message_replayed", captured);

        reply.Record.ShouldNotBeNull();
        world.InformationSystem.CallsOf(headers.Id).ShouldBe(1);
        (await TestWorld.FindAsync(world.Provider, messageId: headers.Id)).Select(entry => entry.Entry.Kind).Order().ShouldBe([EntryKind.Request, EntryKind.Response, EntryKind.Refusal]);
    }

    [Fact]
    public async Task Answer_CapturedRequestSentAgainManyTimesAtOnce_IsAskedOnce()
    {
        var headers = Envelopes.Headers();
        var captured = await Envelopes.SignedAsync(headers);

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.PostSoapAsync(captured)));

        replies.Count(reply => reply.Status == 200).ShouldBe(1);
        replies.Where(reply => reply.Status != 200).ShouldAllBe(reply => reply.FaultCode == "adapter.message_replayed");
        world.InformationSystem.CallsOf(headers.Id).ShouldBe(1);
    }

    [Fact]
    public async Task Answer_UnsignedIdUsedAgain_IsAnsweredAndRecorded()
    {
        var headers = Envelopes.Headers() with { Client = ClientId.Parse(EndToEnd.RecordingClient) };
        (await world.PostSoapAsync(Envelopes.Unsigned(headers, Envelopes.GetPerson()))).Status.ShouldBe(200);

        (await world.PostSoapAsync(Envelopes.Unsigned(headers with { Issue = "loan-scoring 2" }, Envelopes.GetPerson(TestPersons.All.First(person => person.Pin != TestPersons.Somebody.Pin).Pin)))).Status.ShouldBe(200);

        (await TestWorld.FindAsync(world.Provider, messageId: headers.Id)).ShouldContain(entry => entry.Entry.Flags.HasFlag(EntryFlags.RepeatedMessageId));
        var metrics = (await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(world.Provider.AdminAddress!, "metrics")))).Text;
        metrics.ShouldMatch($"tunduk_repeated_message_ids_total[^\n]*counterparty=\"{EndToEnd.RecordingClient}\"");
    }

    [Fact]
    public async Task Answer_UnsignedIdUsedAgainWhereTheAgreementDemandsUniqueOnes_IsRefused()
    {
        var headers = Envelopes.Headers() with { Client = ClientId.Parse(EndToEnd.UniqueIdClient) };
        (await world.PostSoapAsync(Envelopes.Unsigned(headers, Envelopes.GetPerson()))).Status.ShouldBe(200);

        await world.FaultAsync("message_id_repeated", Envelopes.Unsigned(headers, Envelopes.GetPerson()));
        await world.FaultAsync("message_id_repeated", Envelopes.Unsigned(headers with { Issue = "loan-scoring 2" }, Envelopes.GetPerson()));
        world.InformationSystem.CallsOf(headers.Id).ShouldBe(1);
    }

    [Fact]
    public async Task Answer_IdUsedAgainInANewMessage_IsAnsweredAndNoted()
    {
        var headers = Envelopes.Headers();
        (await world.PostSoapAsync(await Envelopes.SignedAsync(headers))).Status.ShouldBe(200);

        (await world.PostSoapAsync(await Envelopes.SignedAsync(headers))).Status.ShouldBe(200);

        (await TestWorld.FindAsync(world.Provider, messageId: headers.Id)).ShouldContain(entry => entry.Entry.Flags.HasFlag(EntryFlags.RepeatedMessageId));
    }

    [Fact]
    public async Task Answer_IdUsedAgainWhileTheFirstIsUnderWay_IsRefusedAndAskedOnce()
    {
        var headers = Envelopes.Headers();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.InformationSystem.Misbehave = async context =>
        {
            arrived.TrySetResult();
            await answer.Task;
            await InformationSystemDouble.Answering("{}", status: 404)(context);
        };
        try
        {
            var first = world.PostSoapAsync(await Envelopes.SignedAsync(headers));
            await arrived.Task.WaitAsync(Wait.Longest);

            await world.FaultAsync("message_id_repeated", await Envelopes.SignedAsync(headers));
            answer.SetResult();
            (await first).FaultCode.ShouldBe("adapter.information_system_refused");
            world.InformationSystem.CallsOf(headers.Id).ShouldBe(1);
        }
        finally
        {
            answer.TrySetResult();
            world.InformationSystem.Misbehave = null;
        }
    }

    public static TheoryData<string, string> Bodies => new()
    {
        { "no field", $"<p:getPerson xmlns:p=\"{Envelopes.Producer}\"><p:request/></p:getPerson>" },
        { "no request", $"<p:getPerson xmlns:p=\"{Envelopes.Producer}\"/>" },
        { "an unknown field", $"<p:getPerson xmlns:p=\"{Envelopes.Producer}\"><p:request><p:pin>21203197000012</p:pin><p:salary>1</p:salary></p:request></p:getPerson>" },
        { "a field of another namespace", $"<p:getPerson xmlns:p=\"{Envelopes.Producer}\"><p:request><q:pin xmlns:q=\"urn:other\">21203197000012</q:pin></p:request></p:getPerson>" },
        { "the field twice", $"<p:getPerson xmlns:p=\"{Envelopes.Producer}\"><p:request><p:pin>21203197000012</p:pin><p:pin>21203197000013</p:pin></p:request></p:getPerson>" },
        { "a PIN of letters", $"<p:getPerson xmlns:p=\"{Envelopes.Producer}\"><p:request><p:pin>abc</p:pin></p:request></p:getPerson>" },
        { "elements in a PIN", $"<p:getPerson xmlns:p=\"{Envelopes.Producer}\"><p:request><p:pin><p:x/></p:pin></p:request></p:getPerson>" },
        { "text between elements", $"<p:getPerson xmlns:p=\"{Envelopes.Producer}\">text<p:request><p:pin>21203197000012</p:pin></p:request></p:getPerson>" },
        { "the operation of another namespace", "<p:getPerson xmlns:p=\"urn:other\"><p:request/></p:getPerson>" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Answer_BodyAgainstTheContract_IsRefused(string name, string body)
    {
        var reply = await world.FaultAsync("contract_violated", await Envelopes.SignedAsync(body: body));

        reply.Record.ShouldNotBeNull(name);
        reply.Text.ShouldNotContain("21203197000012");
    }
}
