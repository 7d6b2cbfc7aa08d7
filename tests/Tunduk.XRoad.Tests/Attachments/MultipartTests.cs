using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;
using Tunduk.XRoad.Tests.Soap;

namespace Tunduk.XRoad.Tests.Attachments;

public sealed class MultipartTests
{
    private const string SoapHeader = "Content-Type: text/xml; charset=UTF-8\r\nContent-ID: <root>\r\nContent-Transfer-Encoding: 8bit\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task NextPart_TwoParts_GivesHeadersAndContentInOrder(int step)
    {
        string text = "preamble\r\n--b\r\n" + SoapHeader + "\r\n<a/>\r\n--b \t\r\nContent-Type: image/png;\r\n name=\"x\"\r\nContent-ID: <p@x>\r\nX-Own: kept \r\n\r\n\r\n--a\r\n-\r\n--b--\r\nepilogue";
        using MultipartReader reader = Reader(text, step: step);

        MultipartStep soap = await reader.NextPartAsync(default);
        soap.Part!.ContentType.Type.ShouldBe("text/xml");
        soap.Part.ContentId.ShouldBe("root");
        Encoding.ASCII.GetString(soap.Part.Raw.Span).ShouldBe(SoapHeader);
        (await Content(reader)).ShouldBe("<a/>");

        MultipartStep image = await reader.NextPartAsync(default);
        image.Part!.ContentType["name"].ShouldBe("x");
        image.Part["x-own"].ShouldBe("kept");
        (await Content(reader)).ShouldBe("\r\n--a\r\n-");
        (await reader.NextPartAsync(default)).IsEnd.ShouldBeTrue();
    }

    [Fact]
    public async Task NextPart_ContentNotRead_IsSkipped()
    {
        using MultipartReader reader = Reader($"--b\r\n{SoapHeader}\r\n{new string('x', 200_000)}\r\n--b\r\nContent-Type: a/b\r\n\r\n2\r\n--b--");
        (await reader.NextPartAsync(default)).HasPart.ShouldBeTrue();
        (await reader.NextPartAsync(default)).HasPart.ShouldBeTrue();
        (await Content(reader)).ShouldBe("2");
        (await reader.NextPartAsync(default)).IsEnd.ShouldBeTrue();
        (await reader.NextPartAsync(default)).IsEnd.ShouldBeTrue();
    }

    [Fact]
    public async Task NextPart_EmptyContent_IsEmpty()
    {
        using MultipartReader reader = Reader("--b\r\nContent-Type: a/b\r\n\r\n--b\r\nContent-Type: a/b\r\n\r\n\r\n--b--");
        (await reader.NextPartAsync(default)).HasPart.ShouldBeTrue();
        (await Content(reader)).ShouldBe("");
        (await reader.NextPartAsync(default)).HasPart.ShouldBeTrue();
        (await Content(reader)).ShouldBe("");
        (await reader.NextPartAsync(default)).IsEnd.ShouldBeTrue();
    }

    public static TheoryData<string, string> Refused() => new()
    {
        { "multipart-truncated", "" },
        { "multipart-truncated", "--b\r\n" },
        { "multipart-truncated", "--b\r\nContent-Type: a/b\r\n" },
        { "multipart-truncated", "--b\r\nContent-Type: a/b\r\n\r\nabc" },
        { "multipart-truncated", "--b\r\nContent-Type: a/b\r\n\r\nabc\r\n--" },
        { "multipart-truncated", "--b\r\nContent-Type: a/b\r\n\r\nabc\r\n--b" },
        { "multipart-truncated", "--b\r\nContent-Type: a/b\r\n\r\nabc\n--b--\n" },
        { "boundary-line", "--b\r\nContent-Type: a/b\r\n\r\nabc\r\n--bX\r\n--b--" },
        { "boundary-line", "--b -- \r\n" },
        { "boundary-line", "--b" + new string(' ', 200) + "\r\n" },
        { "part-content-type", "--b\r\n\r\nabc\r\n--b--" },
        { "part-content-type", "--b\r\nContent-ID: <x>\r\n\r\nabc\r\n--b--" },
        { "part-content-type", "--b\r\nContent-Type: x\r\n\r\nabc\r\n--b--" },
        { "part-header", "--b\r\nContent-Type a/b\r\n\r\nabc\r\n--b--" },
        { "part-header", "--b\r\n: a/b\r\n\r\nabc\r\n--b--" },
        { "part-header", "--b\r\nContent-Type: a/b\nX: y\r\n\r\nabc\r\n--b--" },
        { "part-header", "--b\r\nContent-Type: a/b\r\nX\0: y\r\n\r\nabc\r\n--b--" },
        { "part-header-duplicate", "--b\r\nContent-Type: a/b\r\ncontent-type: c/d\r\n\r\nabc\r\n--b--" },
        { "part-header-count", "--b\r\nContent-Type: a/b\r\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"X{i}:\r\n"))[..8000] + "\r\n\r\nabc\r\n--b--" },
        { "part-header-size", "--b\r\nContent-Type: a/b\r\nX: " + new string('x', 1_000_000) },
        { "content-id-duplicate", "--b\r\nContent-Type: a/b\r\nContent-ID: <x>\r\n\r\nabc\r\n--b\r\nContent-Type: a/b\r\nContent-ID: x\r\n\r\nabc\r\n--b--" },
        { "part-count", string.Concat(Enumerable.Repeat("--b\r\nContent-Type: a/b\r\n\r\n\r\n", 65)) },
        { "multipart-preamble", new string('x', 5_000) + "\r\n--b\r\nContent-Type: a/b\r\n\r\n\r\n--b--" },
        { "multipart-epilogue", "--b\r\nContent-Type: a/b\r\n\r\n\r\n--b--" + new string('x', 5_000) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task NextPart_AgainstARule_IsRefusedByName(string reason, string text)
    {
        foreach (int step in (int[])[1 + (text.Length / 400), 65_536])
        {
            using MultipartReader reader = Reader(text, step);
            MultipartStep last = await reader.NextPartAsync(default);
            while (last.HasPart)
            {
                last = await reader.NextPartAsync(default);
            }

            last.Fault.Reason.ShouldBe(reason);
            (await reader.NextPartAsync(default)).Fault.Reason.ShouldBe(reason);
            (await reader.ReadChunkAsync(default)).Fault.Reason.ShouldBe(reason);
        }
    }

    [Fact]
    public async Task ReadChunk_PartThatNeverEnds_StopsAtTheLimit()
    {
        MultipartLimits limits = MultipartLimits.Default with { MaxPartBytes = 1_000_000 };
        using MultipartReader reader = new(new SteppedStream("--b\r\nContent-Type: a/b\r\n\r\n"u8.ToArray(), 8192, "\r\n--"u8.ToArray()), "b", limits);
        (await reader.NextPartAsync(default)).HasPart.ShouldBeTrue();
        (await reader.NextPartAsync(default)).Fault.Reason.ShouldBe("part-too-large");
        reader.BytesRead.ShouldBeLessThan(1_200_000);
    }

    [Fact]
    public async Task NextPart_HeadersOrPreambleThatNeverEnd_Stop()
    {
        using MultipartReader headers = new(new SteppedStream("--b\r\n"u8.ToArray(), 100, "X: y\r\n"u8.ToArray()), "b", MultipartLimits.Default);
        (await headers.NextPartAsync(default)).Fault.Reason.ShouldBe("part-header-size");
        using MultipartReader preamble = new(new SteppedStream([], 100, "x"u8.ToArray()), "b", MultipartLimits.Default);
        (await preamble.NextPartAsync(default)).Fault.Reason.ShouldBe("multipart-preamble");
        using MultipartReader total = new(new SteppedStream("--b\r\nContent-Type: a/b\r\n\r\n"u8.ToArray(), 100, "x"u8.ToArray()), "b", MultipartLimits.Default with { MaxBytes = 10_000 });
        (await total.NextPartAsync(default)).HasPart.ShouldBeTrue();
        (await total.NextPartAsync(default)).Fault.Reason.ShouldBe("multipart-too-large");
        total.BytesRead.ShouldBeLessThan(20_000);
    }

    [Fact]
    public async Task ReadChunk_LargePart_HoldsOneBuffer()
    {
        const long size = 64L * 1024 * 1024;
        MultipartLimits limits = MultipartLimits.Default with { MaxPartBytes = size };
        using MultipartReader reader = new(new SteppedStream("--b\r\nContent-Type: a/b\r\n\r\n"u8.ToArray(), 65_536, "\r\n--c"u8.ToArray()), "b", limits);
        MultipartStep step = await reader.NextPartAsync(default);
        PartDigest.TryCreate(step.Part!, HashAlgorithmName.SHA256, out PartDigest? digest, out _).ShouldBeTrue();
        long before = GC.GetAllocatedBytesForCurrentThread();
        PartChunk chunk;
        do
        {
            chunk = await reader.ReadChunkAsync(default);
            digest.TryAppend(chunk.Bytes.Span, out _).ShouldBeTrue();
        }
        while (chunk.Fault.IsNone);

        digest.RawLength.ShouldBeGreaterThan(size - 100_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
        digest.Dispose();
    }

    [Fact]
    public void WriteAndRead_AnyContents_RoundTrip() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), ArbMap.Default.ArbFor<PositiveInt>(), (contents, step) =>
        {
            contents = (contents ?? []).Take(60).Select(c => c ?? []).ToArray();
            string boundary = MultipartWriter.NewBoundary();
            byte[] message = Write(boundary, contents).GetAwaiter().GetResult();
            using MultipartReader reader = new(new SteppedStream(message, step.Get), boundary, MultipartLimits.Default);
            foreach (byte[] content in contents)
            {
                MultipartStep next = Wait(reader.NextPartAsync(default));
                (ReadOnlyMemory<byte> read, ProtocolFault fault) = Wait(reader.ReadToMemoryAsync(1_000_000, default));
                if (!next.HasPart || !fault.IsNone || !read.Span.SequenceEqual(content))
                {
                    return false;
                }
            }

            MultipartStep end = Wait(reader.NextPartAsync(default));
            return contents.Length == 0 || end.IsEnd;
        }).Hold();

    [Fact]
    public void NextPart_AnyBytes_NeverThrows() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte[]>(), (a, b) =>
        {
            byte[] bytes = [.. "--b\r\n"u8, .. a ?? [], .. "\r\n\r\n"u8, .. b ?? [], .. "\r\n--b--"u8];
            using MultipartReader reader = new(new SteppedStream(bytes, 3), "b", MultipartLimits.Default);
            MultipartStep step;
            do
            {
                step = Wait(reader.NextPartAsync(default));
            }
            while (step.HasPart);
            return step.IsEnd || !step.Fault.IsNone;
        }).Hold();

    [Theory]
    [InlineData("text/xml", "8bit", "<root>", null)]
    [InlineData("application/xop+xml; type=\"text/xml\"", "binary", "<root>", null)]
    [InlineData("application/json", "8bit", "<root>", "soap-part-type")]
    [InlineData("text/xml", "base64", "<root>", "soap-part-encoding")]
    [InlineData("text/xml", "8bit", "<other>", "soap-part-start")]
    public async Task ReadSoapPart_FirstPart_MustBeThePlainRoot(string type, string encoding, string id, string? reason)
    {
        MediaType.TryParse("multipart/related; start=\"<root>\"; boundary=b", out MediaType? contentType).ShouldBeTrue();
        using MultipartReader reader = Reader($"--b\r\nContent-Type: {type}\r\nContent-Transfer-Encoding: {encoding}\r\nContent-ID: {id}\r\n\r\n<a/>\r\n--b--");
        MultipartSoapPart part = await MultipartSoap.ReadSoapPartAsync(reader, contentType, MultipartLimits.Default, default);
        part.Fault.Reason.ShouldBe(reason);
        if (part.Exists)
        {
            Encoding.ASCII.GetString(part.Content.Span).ShouldBe("<a/>");
            part.IsXop.ShouldBe(type.Contains("xop", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task ReadSoapPart_NoPart_IsMissingSoap()
    {
        MediaType.TryParse("multipart/related; boundary=b", out MediaType? contentType).ShouldBeTrue();
        using MultipartReader reader = Reader("--b--\r\n");
        (await MultipartSoap.ReadSoapPartAsync(reader, contentType, MultipartLimits.Default, default)).Fault.XRoadCode.ShouldBe(XRoadFaultCode.MissingSoap);
        using MultipartReader large = Reader($"--b\r\n{SoapHeader}\r\n{new string('x', 2000)}\r\n--b--");
        (await MultipartSoap.ReadSoapPartAsync(large, contentType, MultipartLimits.Default with { MaxSoapBytes = 1000 }, default)).Fault.Reason.ShouldBe("part-too-large");
    }

    [Fact]
    public void Writer_ContentIdThatBreaksTheHeader_IsRefused()
    {
        Should.Throw<ArgumentException>(() => MultipartWriter.SoapPartHeaders(mtom: false, "a\r\nX: y"));
        Should.Throw<ArgumentException>(() => MultipartWriter.SoapPartHeaders(mtom: true, "a>b"));
        MultipartWriter.ContentType(mtom: true, "b", "root").ShouldContain("start-info=\"text/xml\"");
        MultipartWriter.ContentType(mtom: false, "b", "root").ShouldBe("multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary=\"b\"");
    }

    [Fact]
    public void Find_XopAndSwaReferences_GivesContentIdsInOrder()
    {
        string body = "<a><p><xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:one%40x\"/></p><q href=\"cid:two\"/><r href=\"http://x\"/></a>";
        using SoapMessage message = SoapSample.Read(SoapSample.Envelope(SoapSample.Client + SoapSample.Service + SoapSample.Rest, body));
        AttachmentReferences.Find(message.BodyChild).ShouldBe(["one@x", "two"]);
    }

    private static MultipartReader Reader(string text, int step = 65_536) =>
        new(new SteppedStream(Encoding.Latin1.GetBytes(text), step), "b", MultipartLimits.Default);

    // Properties are synchronous; the stream of these tests never waits.
    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static async Task<string> Content(MultipartReader reader)
    {
        (ReadOnlyMemory<byte> content, ProtocolFault fault) = await reader.ReadToMemoryAsync(1_000_000, default);
        fault.IsNone.ShouldBeTrue(fault.ToString());
        return Encoding.Latin1.GetString(content.Span);
    }

    private static async Task<byte[]> Write(string boundary, byte[][] contents)
    {
        using MemoryStream target = new();
        MultipartWriter writer = new(target, boundary);
        MediaType.TryParse("application/octet-stream", out MediaType? type).ShouldBeTrue();
        for (int i = 0; i < contents.Length; i++)
        {
            await writer.StartPartAsync(i == 0 ? MultipartWriter.SoapPartHeaders(mtom: false, "root") : MultipartWriter.AttachmentHeaders(type, $"part{i}"), default);
            await writer.WriteAsync(contents[i], default);
        }

        await writer.FinishAsync(default);
        return target.ToArray();
    }
}
