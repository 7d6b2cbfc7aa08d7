using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting;
using Tunduk.GrpcHosting.Client;
using static Tunduk.Adapter.Tests.Functional.Faces;

namespace Tunduk.Adapter.Tests.Exchange;

// Over 300 lines: codes that each need a world set up for them.

/// <summary>Codes that need a fault of their own: a token that stands still, a full disk, a silent authority, headers without end.</summary>
public sealed partial class FaultCodeTests
{
    [Fact]
    [Provokes(ExchangeCodes.SigningQueueFull, Rest, Faces.Grpc, Soap)]
    [Provokes(ExchangeCodes.SigningTimeout, Rest, Faces.Grpc, Soap)]
    [Provokes(ExchangeCodes.SigningFailed, Rest, Faces.Grpc, Soap)]
    public async Task Ask_TokenSlowOrGone_IsRefusedByItsCodeOnEveryFace()
    {
        var deadline = TimeSpan.FromSeconds(17);
        using var begun = new SemaphoreSlim(0);
        using var permitted = new SemaphoreSlim(0);
        var isGone = false;
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithProvider = false,
            SecurityServer = new Uri("http://127.0.0.1:1/"),
            Consumer = json => json["Archive"]!["CheckpointInterval"] = "01:00:00",
        });

        // The log's key is the same: its first checkpoint is signed now, and its next when this is over.
        await Wait.ForAsync(() => world.Consumer.Archive.LatestCheckpoint is not null);
        var queue = new SigningQueue("test", Sign, 1, deadline, world.Clock);
        PutBefore(world.Consumer, queue); // which disposes it

        foreach (var face in All)
        {
            var signed = AskAsync(world, face, new Question());
            await begun.WaitAsync();
            var waiting = AskAsync(world, face, new Question());
            await Wait.ForAsync(() => queue.Waiting == 1);
            await RefusedAsync(world, face, ExchangeCodes.SigningQueueFull);
            await Wait.ForAsync(() =>
            {
                world.Clock.Expire(deadline);
                return signed.IsCompleted && waiting.IsCompleted;
            });
            Named(await signed, face).ShouldBe(ExchangeCodes.SigningTimeout);
            Named(await waiting, face).ShouldBe(ExchangeCodes.SigningTimeout);

            isGone = true;
            permitted.Release(2);
            await RefusedAsync(world, face, ExchangeCodes.SigningFailed);
            isGone = false;
            while (begun.Wait(0) || permitted.Wait(0))
            {
                // What is left of this face's signatures.
            }
        }

        permitted.Release(100);

        byte[] Sign(ReadOnlyMemory<byte> data)
        {
            begun.Release();
            permitted.Wait();
            return isGone ? throw new CryptographicException("gone") : new byte[256];
        }
    }

    [Fact]
    [Provokes(ExchangeCodes.LoggingFailed, Rest, Faces.Grpc, Soap)]
    [Provokes(ExchangeCodes.ResponseNotArchived, Rest, Faces.Grpc, Soap)]
    public async Task Ask_NoRoomForTheEntry_IsRefusedByItsCodeOnEveryFace()
    {
        using var volume = SmallVolume.Mount();
        await using var server = await SecurityServerDouble.StartAsync();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithProvider = false,
            SecurityServer = server.Address,
            Consumer = options =>
            {
                ((JsonObject)options["Archive"]!)["Folder"] = Path.Combine(volume.Path, "archive");
                options["Limits"] = new JsonObject { ["ArchiveRetry"] = "00:00:00.2" };
            },
        });
        foreach (var face in All)
        {
            server.Answer = async (request, context) =>
            {
                volume.Fill(reserveToo: true);
                await SecurityServerDouble.Honest(request, context);
            };
            await RefusedAsync(world, face, ExchangeCodes.ResponseNotArchived, archived: false);
            await RefusedAsync(world, face, ExchangeCodes.LoggingFailed, archived: false);

            volume.Free();
            server.Answer = SecurityServerDouble.Honest;
            await Wait.ForAsync(async () => (await AskAsync(world, face, new Question())).Code is null ? "room again" : null);
        }
    }

    [Fact]
    [Provokes(ExchangeCodes.CertificateRevoked, Rest, Faces.Grpc, Soap)]
    [Provokes(ExchangeCodes.RevocationUnknown, Rest, Faces.Grpc, Soap)]
    public async Task Ask_SignersCertificateRevokedOrUnanswered_IsRefusedByItsCodeOnEveryFace()
    {
        await using var authority = await AuthorityServer.StartAsync(TestKeys.TheAuthority, 0, TimeProvider.System, CancellationToken.None);
        await using var server = await SecurityServerDouble.StartAsync();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithProvider = false,
            SecurityServer = server.Address,
            Consumer = options => options["Trust"] = new JsonObject
            {
                ["Anchors"] = new JsonArray(TestKeys.TheAuthority.Root.CertificatePath),
                ["Revocation"] = TestRevocation.Of(authority),
            },
            ConsumerAgreement = text => Certificates().Replace(text, $"certificates: [ {{ ca: \"{TestKeys.Sha256(TestKeys.TheAuthority.Root.Certificate)}\", subject: \"SERIALNUMBER=70009001\" }} ]"),
        });
        foreach (var face in All)
        {
            var revoked = TestKeys.TheAuthority.SigningCertificate("is-revoked-" + face, "70009001", "Population register (invented)", "revoked");
            TestKeys.TheAuthority.Revoke(revoked.Certificate, RevocationReason.KeyCompromise);
            server.Answer = async (request, context) => await SecurityServerDouble.WriteAsync(context, await Envelopes.AnswerAsync(request, certificate: revoked.Certificate));
            await RefusedAsync(world, face, ExchangeCodes.CertificateRevoked);

            authority.Ocsp.Fault = OcspFault.TryLater;
            var silent = TestKeys.TheAuthority.SigningCertificate("is-silent-" + face, "70009001", "Population register (invented)", "silent");
            server.Answer = async (request, context) => await SecurityServerDouble.WriteAsync(context, await Envelopes.AnswerAsync(request, certificate: silent.Certificate));
            await RefusedAsync(world, face, ExchangeCodes.RevocationUnknown);
            authority.Ocsp.Fault = OcspFault.None;
        }
    }

    [Fact]
    [Provokes(ExchangeCodes.Internal, Rest, Faces.Grpc, Soap)]
    public async Task Ask_SomethingUnforeseen_IsRefusedByItsCodeOnEveryFace()
    {
        var timeout = new TimeSpan(0, 0, 7, 13);
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = options => options["SecurityServer"]!["TotalTimeout"] = timeout.ToString() });
        world.Clock.Broken = timeout;

        foreach (var face in All)
        {
            await RefusedAsync(world, face, ExchangeCodes.Internal);
        }
    }

    [Fact]
    [Provokes(ExchangeCodes.HeadersTooLarge, Rest, Faces.Grpc, Soap)]
    public async Task Ask_HeadersWithoutEnd_IsRefusedByItsCodeOnEveryFace()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = new Uri("http://127.0.0.1:1/") });
        var many = Enumerable.Range(0, 120).ToDictionary(i => $"x-{i}", _ => (string?)"1");

        (await world.AskAsync(headers: many)).Json.GetProperty("code").GetString().ShouldBe(ExchangeCodes.HeadersTooLarge);

        using var request = new HttpRequestMessage(HttpMethod.Post, world.Consumer.IsAddress) { Content = new StringContent(Envelopes.UnsignedText(), Encoding.UTF8, "text/xml") };
        foreach (var name in many.Keys)
        {
            request.Headers.TryAddWithoutValidation(name, "1");
        }

        SoapReply.Read(await world.SendAsync(request) with { ContentType = "text/xml; charset=utf-8" }).FaultCode.ShouldBe("adapter." + ExchangeCodes.HeadersTooLarge);

        using var channel = GrpcChannel.ForAddress(world.Consumer.GrpcAddress!);
        var metadata = new Metadata { { "authorization", "Bearer " + world.Folders.ApiKey } };
        foreach (var name in many.Keys)
        {
            metadata.Add(name, "1");
        }

        var large = () => channel.CallAsync<CallRequest, CallResponse>(RpcClient.Exchange("Call"), RpcClient.GetPerson(), new GrpcCallOptions { Headers = metadata });
        await RpcClient.RefusedAsync(ExchangeCodes.HeadersTooLarge, large);
        (await Should.ThrowAsync<RpcException>(large)).StatusCode.ShouldBe(StatusCode.ResourceExhausted, "the caller's fault, and none of the server");
    }

    [Fact]
    [Provokes(ExchangeCodes.ProtobufMalformed, Faces.Grpc)]
    [Provokes(ExchangeCodes.NumberInexact, Faces.Grpc)]
    [Provokes(ExchangeCodes.HeaderDuplicate, Faces.Grpc)]
    [Provokes(ExchangeCodes.RequestIncomplete, Faces.Grpc)]
    public async Task Call_WhatOnlyGrpcCanSayWrongly_IsRefusedByItsCodeRecordAndId()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = new Uri("http://127.0.0.1:1/") });
        var id = Guid.NewGuid().ToString();
        var call = RpcClient.GetPerson();
        call.MessageId = id;

        var inexact = call.Clone();
        inexact.Struct = new Struct { Fields = { ["request"] = Value.ForStruct(new Struct { Fields = { ["pin"] = Value.ForNumber(9_007_199_254_740_993d) } }) } };
        (await ToldAsync(ExchangeCodes.NumberInexact, inexact)).Path.ShouldBe("$.request.pin");

        var empty = call.Clone();
        empty.ClearBody();
        (await ToldAsync(ExchangeCodes.RequestIncomplete, empty)).Remedy.ShouldContain("struct, json and xml", Case.Sensitive, "the remedy names what cures it");

        var nameless = call.Clone();
        nameless.ClearService();
        var unnamed = await ToldAsync(ExchangeCodes.RequestIncomplete, nameless);
        (unnamed.Path, unnamed.Found).ShouldBe(("alias", "nothing"));
        unnamed.Remedy.ShouldContain("service_id");

        (await ToldAsync(ExchangeCodes.HeaderDuplicate, call, ("x-road-issue", "loan-scoring another"))).Path.ShouldBe(CallHeaders.IssueName);

        using var client = RpcClient.Of(world);
        var listed = await client.CallAsync<ListServicesRequest, ListServicesResponse>(RpcClient.Exchange("ListServices"), new ListServicesRequest());

        // A typed method and one of ours, and bytes that are no message of it.
        await MalformedAsync(listed.Services.First(service => service.Alias == "getPerson").Method);
        await MalformedAsync("/tunduk.adapter.v1.Exchange/Call");
        await MalformedAsync("/tunduk.adapter.v1.Exchange/CallWithAttachments");

        async Task MalformedAsync(string method)
        {
            using var http = new HttpClient();
            using var raw = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Consumer.GrpcAddress!, method)) { Content = new ByteArrayContent([0, 0, 0, 0, 2, 0xFF, 0xFF]) };
            (raw.Version, raw.VersionPolicy) = (new Version(2, 0), HttpVersionPolicy.RequestVersionExact);
            raw.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
            raw.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);
            raw.Headers.TryAddWithoutValidation("X-Road-Id", id);
            raw.Headers.TE.Add(new("trailers"));
            using var answer = await http.SendAsync(raw);
            var said = answer.Headers.Concat(answer.TrailingHeaders).ToDictionary(header => header.Key, header => header.Value.First(), StringComparer.OrdinalIgnoreCase);
            var bytes = Convert.FromBase64String(said["grpc-status-details-bin"].PadRight((said["grpc-status-details-bin"].Length + 3) / 4 * 4, '='));
            var refusal = Google.Rpc.Status.Parser.ParseFrom(bytes).Details[0].Unpack<V1.Refusal>();
            refusal.Code.ShouldBe(ExchangeCodes.ProtobufMalformed);
            said["x-tunduk-record"].ShouldBe(refusal.RecordId);
            said["x-road-id"].ShouldBe(id);
            said["grpc-status"].ShouldBe("3", "INVALID_ARGUMENT");
        }

        async Task<V1.Refusal> ToldAsync(string code, CallRequest request, params (string Name, string Value)[] metadata)
        {
            using var channel = GrpcChannel.ForAddress(world.Consumer.GrpcAddress!);
            var headers = new Metadata { { "authorization", "Bearer " + world.Folders.ApiKey } };
            foreach (var (name, value) in metadata)
            {
                headers.Add(name, value);
            }

            await using var started = channel.Start<CallRequest, CallResponse>(RpcClient.Exchange("Call"), new GrpcCallOptions { Headers = headers });
            await started.WriteAsync(request);
            await started.CompleteAsync();
            var exception = await Should.ThrowAsync<RpcException>(() => started.MoveNext(CancellationToken.None));
            var told = exception.GetRpcStatus()!.Details[0].Unpack<V1.Refusal>();
            told.Code.ShouldBe(code, told.ToString());
            exception.Trailers.GetValue("x-tunduk-record").ShouldBe(told.RecordId);
            exception.Trailers.GetValue("x-road-id").ShouldBe(id);
            (await TestWorld.EndOfAsync(world.Consumer, told.RecordId)).Code.ShouldBe(code);
            return told;
        }
    }

    [Fact]
    [Provokes(ExchangeCodes.AttachmentNotListed, Faces.Grpc)]
    public async Task CallWithAttachments_NoneAgreedAndNoneMayBeRemoved_IsRefusedByItsCode()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithProvider = false,
            SecurityServer = new Uri("http://127.0.0.1:1/"),
            ConsumerAgreement = text => text.Replace("request: { allow: [pin] }", "request: { allow: [pin], unlisted: refuse }", StringComparison.Ordinal),
        });
        using var client = RpcClient.Of(world);

        await RpcClient.RefusedAsync(ExchangeCodes.AttachmentNotListed, () => client.StreamAsync<CallPart, AnswerPart>(
            RpcClient.Exchange("CallWithAttachments"),
            new CallPart { Request = RpcClient.GetPerson() },
            new CallPart { Attachment = new Attachment { ContentId = "a", MediaType = "application/pdf" } },
            new CallPart { Content = ByteString.CopyFromUtf8("%PDF-1.7 invented") }));
    }

    [Theory]
    [InlineData(Rest)]
    [InlineData(Soap)]
    [Provokes(ExchangeCodes.SpoolFull, Rest, Soap)]
    public async Task Ask_NoRoomForWhatGoesAlong_IsRefusedByItsCode(string face)
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithProvider = false,
            SecurityServer = new Uri("http://127.0.0.1:1/"),
            Consumer = json => json["Limits"] = new JsonObject { ["MaxAttachment"] = 2 * 1024 * 1024, ["MaxSpool"] = 8 * 1024 * 1024, ["MaxSpoolEach"] = 1024 * 1024 },
        });
        var large = new byte[(1024 * 1024) + 100_000];
        using var request = new HttpRequestMessage(HttpMethod.Post, face == Soap ? world.Consumer.IsAddress : new Uri(world.Consumer.IsAddress!, "r1/sandbox/GOV/70009001/registry/persons"));
        request.Content = new ByteArrayContent(face == Soap ? Multipart(large) : large);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", face == Soap ? "multipart/related; type=\"text/xml\"; boundary=up17" : "application/pdf");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);
        request.Headers.TryAddWithoutValidation("X-Road-Client", "sandbox/COM/60009001/loans");

        var reply = await world.SendAsync(request);

        var code = face == Soap ? SoapReply.Read(reply with { ContentType = "text/xml; charset=utf-8" }).FaultCode : reply.Headers["X-Road-Error"];
        code.ShouldBe("adapter." + ExchangeCodes.SpoolFull, reply.Text);
    }

    [Theory]
    [InlineData(Rest)]
    [InlineData(Soap)]
    [Provokes(ExchangeCodes.TransferStalled, Rest, Soap)]
    public async Task Ask_SenderStandsStill_IsRefusedByItsCode(string face)
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = new Uri("http://127.0.0.1:1/") });
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(world.Consumer.IsAddress!.Host, world.Consumer.IsAddress.Port);
        await using var stream = client.GetStream();
        var path = face == Soap ? "/" : "/v1/services/getPerson";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {world.Folders.ApiKey}\r\nContent-Type: multipart/related; type=\"text/xml\"; boundary=up17\r\nContent-Length: 10000\r\n\r\n--up17\r\n"));
        using var answer = new MemoryStream();
        var reading = stream.CopyToAsync(answer);

        await Wait.ForAsync(() =>
        {
            world.Clock.Expire(TimeSpan.FromSeconds(30));
            return reading.IsCompleted;
        });

        Encoding.UTF8.GetString(answer.ToArray()).ShouldContain(face == Soap ? "adapter.transfer_stalled" : "\"code\": \"transfer_stalled\"");
    }

    private static byte[] Multipart(byte[] content)
    {
        using var all = new MemoryStream();
        all.Write(Encoding.UTF8.GetBytes($"--up17\r\nContent-Type: text/xml; charset=UTF-8\r\n\r\n{Envelopes.UnsignedText()}\r\n--up17\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <a>\r\n\r\n"));
        all.Write(content);
        all.Write("\r\n--up17--\r\n"u8);
        return all.ToArray();
    }

    private static async Task RefusedAsync(TestWorld world, string face, string code, bool archived = true)
    {
        var told = await AskAsync(world, face, new Question());
        Named(told, face).ShouldBe(code, told.Text);
        TestPersons.ShouldHoldNoValue(told.Text, $"{code} by {face}");
        if (archived)
        {
            (await TestWorld.EndOfAsync(world.Consumer, told.Record.ShouldNotBeNull(told.Text))).Code.ShouldBe(code);
        }
    }

    private static string? Named(Told told, string face) => face == Soap ? told.Code?["adapter.".Length..] : told.Code;

    // The border to the token's library, where a test can stand: the queue is made with what signs.
    private static void PutBefore(AdapterHost host, SigningQueue queue)
    {
        var lasting = (LastingParts)typeof(AdapterHost).GetField("lasting", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(host)!;
        typeof(SigningKey).GetProperty(nameof(SigningKey.Queue))!.SetValue(lasting.Keys.All.Single(), queue);
    }

    [GeneratedRegex("certificates: [^\n]*")]
    private static partial Regex Certificates();
}
