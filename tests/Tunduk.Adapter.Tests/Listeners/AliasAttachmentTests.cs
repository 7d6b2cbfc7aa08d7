using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Soap;
using Part = (Tunduk.XRoad.Attachments.PartHeaders Headers, byte[] Content);

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary>Attachments on the alias face: JSON first, in a form or multipart/related, both ways, judged by the agreement as by gRPC.</summary>
public sealed class AliasAttachmentTests
{
    private const string FileName = "бирдик.pdf";

    [Theory]
    [InlineData("multipart/form-data", null, "multipart/form-data")]
    [InlineData("multipart/related", null, "multipart/related")]
    [InlineData("multipart/related", "multipart/form-data", "multipart/form-data")]
    [InlineData("multipart/form-data", "multipart/related, application/json", "multipart/related")]
    [InlineData("application/json", "application/json", "multipart/related")]
    public async Task Ask_WithAttachments_CrossBothWaysWholeAndAreArchivedByDigest(string asked, string? accept, string answered)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await AttachmentWorld.StartAsync(upstream);
        upstream.Soap = AttachmentWorld.AnswerWithParts;

        var reply = await world.AskAsync(content: Content(asked), headers: new Dictionary<string, string?> { ["Accept"] = accept });

        reply.Status.ShouldBe(200, reply.Text);
        reply.ContentType.ShouldNotBeNull().ShouldStartWith(answered);
        var parts = await ReadAsync(reply);
        parts[0].Headers.ContentType.Type.ShouldBe("application/json");
        Encoding.UTF8.GetString(parts[0].Content).ShouldContain(TestPersons.Somebody.Surname);
        var image = parts.Skip(1).ShouldHaveSingleItem("what the agreement does not list does not cross");
        image.Headers.ContentType.Type.ShouldBe("image/jpeg");
        (image.Headers.ContentId ?? image.Headers.FieldName).ShouldBe("photo");
        image.Content.ShouldBe(AttachmentWorld.Jpeg);
        var call = upstream.Calls.ShouldHaveSingleItem();
        var sent = asked != "application/json";
        (call.Body.AsSpan().IndexOf(AttachmentWorld.Pdf) > 0).ShouldBe(sent);
        call.Text.ShouldNotContain("<other>");
        if (sent)
        {
            call.Text.ShouldContain("filename*=UTF-8''" + Uri.EscapeDataString(FileName));
            RecordId.TryParse(reply.Record!, out var record).ShouldBeTrue();
            var archived = await world.Consumer.Archive.GetAsync(record, default);
            archived!.Values.Single(value => value.Path == "$attachment[0]/sha256").Value.ToArray().ShouldBe(SHA256.HashData(AttachmentWorld.Pdf));
            archived.Values.Single(value => value.Path == "$attachment[0]/name").AsText().ShouldBe(FileName);
        }
    }

    [Fact]
    public async Task Ask_RepeatOfAnAnswerWithAttachments_IsToldSoAndSentOnce()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await AttachmentWorld.StartAsync(upstream, consumer: options =>
        {
            options["Services"]!["getPerson"]!["AnswersRepeats"] = true;
            options["Callers"]![0]!["AnswersRepeats"] = true;
        });
        upstream.Soap = AttachmentWorld.AnswerWithParts;
        var headers = new Dictionary<string, string?> { ["X-Road-Id"] = Guid.NewGuid().ToString() };
        (await world.AskAsync(headers: headers)).Status.ShouldBe(200);

        var repeated = await world.AskAsync(headers: headers);

        Refusal.CheckForm(repeated, "message_id_repeated", "append").Found.ShouldNotBeNull().ShouldContain("attachments");
        upstream.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ask_AnswerWithoutListedAttachments_IsPlainJson()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await AttachmentWorld.StartAsync(upstream, text => text.Replace("image/jpeg", "image/png", StringComparison.Ordinal));
        upstream.Soap = AttachmentWorld.AnswerWithParts;

        var reply = await world.AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
        reply.ContentType.ShouldBe("application/json; charset=utf-8");
    }

    [Fact]
    public async Task Ask_TransferEncodedPart_IsDecodedBeforeItIsJudged()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await AttachmentWorld.StartAsync(upstream);
        upstream.Soap = AttachmentWorld.AnswerWithParts;
        var encoded = Convert.ToBase64String(AttachmentWorld.Pdf, Base64FormattingOptions.InsertLineBreaks);

        var reply = await world.AskAsync(content: Raw("multipart/related; boundary=b", "b", Json, ($"Content-Type: application/pdf\r\nContent-ID: <scan>\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename*=UTF-8''{Uri.EscapeDataString(FileName)}\r\n", Encoding.ASCII.GetBytes(encoded))));

        reply.Status.ShouldBe(200, reply.Text);
        upstream.Calls.ShouldHaveSingleItem().Body.AsSpan().IndexOf(AttachmentWorld.Pdf).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Diagnose_WithAttachments_JudgesThemAndSendsNothing()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await AttachmentWorld.StartAsync(upstream);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Consumer.IsAddress!, "v1/diagnose/getPerson")) { Content = Content("multipart/form-data") };
        foreach (var (name, value) in new[] { ("Authorization", "Bearer " + world.Folders.ApiKey), ("X-Road-UserId", TestPersons.UserId), ("X-Road-Issue", TestPersons.Issue) })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var reply = await world.SendAsync(request);

        reply.Json.GetProperty("wouldSend").GetBoolean().ShouldBeTrue(reply.Text);
        upstream.Calls.ShouldBeEmpty();
    }

    public static TheoryData<string, string> Malformed => new()
    {
        { "no part", "multipart_malformed" },
        { "an attachment first", "multipart_malformed" },
        { "JSON in another charset", "multipart_malformed" },
        { "JSON in base64", "multipart_malformed" },
        { "no boundary", "multipart_malformed" },
        { "an end before its end", "request_incomplete" },
        { "one id twice", "multipart_malformed" },
        { "a part without type", "multipart_malformed" },
        { "an unknown transfer encoding", "multipart_malformed" },
        { "broken base64", "multipart_malformed" },
        { "a name with a path", "multipart_malformed" },
        { "too large", "message_too_large" },
        { "no room", "spool_full" },
        { "not JSON", "json_malformed" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    [Provokes("multipart_malformed", Faces.Rest)]
    [Provokes("request_incomplete", Faces.Rest)]
    public async Task Ask_Malformed_IsRefusedByNameAndNothingIsSent(string what, string code)
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = json => json["Limits"] = new JsonObject { ["MaxAttachment"] = 2 * 1024 * 1024, ["MaxSpool"] = 8 * 1024 * 1024, ["MaxSpoolEach"] = (what == "no room" ? 1 : 8) * 1024 * 1024 },
        });
        const string related = "multipart/related; boundary=b";
        (string, byte[]) file = ("Content-Type: application/pdf\r\nContent-ID: <a>\r\n", [1]);
        var content = what switch
        {
            "no part" => Raw(related, "b"),
            "an attachment first" => Raw(related, "b", file, Json),
            "JSON in another charset" => Raw(related, "b", ("Content-Type: application/json; charset=utf-16\r\n", Json.Content)),
            "JSON in base64" => Raw(related, "b", ("Content-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n", Json.Content)),
            "no boundary" => Raw("multipart/form-data", "b", Json, file),
            "an end before its end" => Raw(related, "b", isWhole: false, Json, file),
            "one id twice" => Raw(related, "b", Json, file, file),
            "a part without type" => Raw(related, "b", Json, ("Content-ID: <a>\r\n", [1])),
            "an unknown transfer encoding" => Raw(related, "b", Json, ("Content-Type: application/pdf\r\nContent-Transfer-Encoding: x-zip\r\n", [1])),
            "broken base64" => Raw(related, "b", Json, ("Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n", "AAA"u8.ToArray())),
            "a name with a path" => Raw("multipart/form-data; boundary=b", "b", Json, ("Content-Type: application/pdf\r\nContent-Disposition: form-data; name=\"a\"; filename=\"../a.pdf\"\r\n", [1])),
            "too large" => Raw(related, "b", Json, (file.Item1, new byte[2 * 1024 * 1024 + 1])),
            "no room" => Raw(related, "b", Json, (file.Item1, new byte[1024 * 1024 + 1])),
            _ => Raw(related, "b", ("Content-Type: application/json\r\n", "{"u8.ToArray())),
        };

        var reply = await world.AskAsync(content: content);

        reply.Json.GetProperty("code").GetString().ShouldBe(code, reply.Text);
        reply.ContentType.ShouldBe("application/problem+json");
        (await TestWorld.EndOfAsync(world.Consumer, reply.Record.ShouldNotBeNull())).Code.ShouldBe(code);
        world.InformationSystem.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ask_FormWhoseJsonNamesNoType_IsTakenAsManyClientsSendIt()
    {
        await using var world = await TestWorld.StartAsync();

        var reply = await world.AskAsync(content: Raw("multipart/form-data; boundary=b", "b", ("Content-Disposition: form-data; name=\"request\"\r\n", Json.Content)));

        reply.Status.ShouldBe(200, reply.Text);
    }

    [Fact]
    public async Task Ask_SenderStandsStill_IsDropped()
    {
        await using var world = await TestWorld.StartAsync();
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(world.Consumer.IsAddress!.Host, world.Consumer.IsAddress.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/services/getPerson HTTP/1.1\r\nHost: {world.Consumer.IsAddress.Authority}\r\nAuthorization: Bearer {world.Folders.ApiKey}\r\nContent-Type: multipart/related; boundary=b\r\nContent-Length: 100000\r\n\r\n--b\r\nContent-Type: application/json\r\n\r\n{{"));
        var answer = DrainAsync(client);

        await Wait.ForAsync(() =>
        {
            world.Clock.Expire(TimeSpan.FromSeconds(30));
            return answer.IsCompleted;
        });

        (await answer).ShouldContain("transfer_stalled");
        await Wait.ForAsync(() => world.Consumer.SpooledBytes == 0);
    }

    // Everything that comes until the other side ends the connection.
    private static async Task<string> DrainAsync(TcpClient client)
    {
        using var all = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(all);
        }
        catch (IOException)
        {
            // Reset instead of closed.
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    private static (string Headers, byte[] Content) Json => ("Content-Type: application/json\r\n", Encoding.UTF8.GetBytes(TestPersons.Request));

    private static HttpContent Content(string type)
    {
        if (type == "application/json")
        {
            return TestWorld.Json(TestPersons.Request);
        }

        MultipartContent content = type == "multipart/form-data" ? new MultipartFormDataContent("form-17") : new MultipartContent("related", "related-17");
        var file = Part(AttachmentWorld.Pdf, "application/pdf");
        var other = Part([1, 2, 3], "text/plain");
        if (content is MultipartFormDataContent form)
        {
            form.Add(TestWorld.Json(TestPersons.Request), "request");
            file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "scan", FileNameStar = FileName };
            form.Add(file);
            form.Add(other, "other");
            return form;
        }

        content.Add(TestWorld.Json(TestPersons.Request));
        file.Headers.Add("Content-ID", "<scan.pdf>");
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = FileName };
        other.Headers.Add("Content-ID", "<other>");
        content.Add(file);
        content.Add(other);
        return content;
    }

    private static ByteArrayContent Part(byte[] content, string type)
    {
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue(type);
        return part;
    }

    private static ByteArrayContent Raw(string contentType, string boundary, params (string Headers, byte[] Content)[] parts) => Raw(contentType, boundary, isWhole: true, parts);

    private static ByteArrayContent Raw(string contentType, string boundary, bool isWhole, params (string Headers, byte[] Content)[] parts)
    {
        using var all = new MemoryStream();
        foreach (var (headers, content) in parts)
        {
            all.Write(Encoding.UTF8.GetBytes($"\r\n--{boundary}\r\n{headers}\r\n"));
            all.Write(content);
        }

        all.Write(Encoding.ASCII.GetBytes(isWhole ? $"\r\n--{boundary}--\r\n" : ""));
        var made = new ByteArrayContent(all.ToArray());
        made.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return made;
    }

    private static async Task<List<Part>> ReadAsync(HttpReply reply)
    {
        MediaType.TryParse(reply.ContentType, out var type).ShouldBeTrue();
        using var body = new MemoryStream(reply.Body);
        using var reader = new MultipartReader(body, type["boundary"]!, MultipartLimits.Default);
        var parts = new List<Part>();
        for (var step = await reader.NextPartAsync(default); !step.IsEnd; step = await reader.NextPartAsync(default))
        {
            step.HasPart.ShouldBeTrue(step.Fault.ToString());
            parts.Add((step.Part!, (await reader.ReadToMemoryAsync(10_000_000, default)).Content.ToArray()));
        }

        return parts;
    }
}
