using System.Diagnostics;
using System.Security.Cryptography;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Tests.Attachments;

/// <summary>Python's own MIME library as the other side, both ways.</summary>
public sealed class MultipartPythonTests
{
    private const string ReadScript = """
        import sys, hashlib, email
        head, body = sys.argv[1], sys.stdin.buffer.read()
        message = email.message_from_bytes(b"Content-Type: " + head.encode() + b"\r\n\r\n" + body)
        for part in message.get_payload():
            print(part["Content-ID"], part.get_content_type(), hashlib.sha256(part.get_payload(decode=True)).hexdigest())
        """;

    private const string WriteScript = """
        import sys
        from email.mime.multipart import MIMEMultipart
        from email.mime.base import MIMEBase
        from email import encoders, policy
        root = MIMEMultipart("related", boundary="=_python")
        soap = MIMEBase("text", "xml"); soap.set_payload("<a/>"); soap["Content-ID"] = "<root>"; root.attach(soap)
        for name, encode in (("b64", encoders.encode_base64), ("qp", encoders.encode_quopri)):
            part = MIMEBase("application", "octet-stream"); part.set_payload(bytes(b for b in range(256) if b not in (10, 13)) * 40); encode(part)
            part["Content-ID"] = "<" + name + ">"; root.attach(part)
        data = root.as_bytes(policy=policy.HTTP)
        sys.stdout.buffer.write(data[data.index(b"\r\n\r\n") + 4:])
        """;

    [Fact]
    public async Task Write_ReadByPython_HasTheSameParts()
    {
        byte[] photo = new byte[100_000];
        RandomNumberGenerator.Fill(photo);
        byte[] soap = "<a/>"u8.ToArray();
        string boundary = MultipartWriter.NewBoundary();
        using MemoryStream target = new();
        MultipartWriter writer = new(target, boundary);
        MediaType.TryParse("image/jpeg", out MediaType? type).ShouldBeTrue();
        await writer.StartPartAsync(MultipartWriter.SoapPartHeaders(mtom: false, "root"), default);
        await writer.WriteAsync(soap, default);
        await writer.StartPartAsync(MultipartWriter.AttachmentHeaders(type, "photo@x"), default);
        await writer.WriteAsync(photo, default);
        await writer.FinishAsync(default);

        byte[] output = await Python(target.ToArray(), ReadScript, MultipartWriter.ContentType(mtom: false, boundary, "root"));

        System.Text.Encoding.ASCII.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            $"<root> text/xml {Convert.ToHexStringLower(SHA256.HashData(soap))}",
            $"<photo@x> image/jpeg {Convert.ToHexStringLower(SHA256.HashData(photo))}",
        ]);
    }

    [Fact]
    public async Task Read_WrittenByPython_HasTheDigestsOfTheDecodedContent()
    {
        byte[] message = await Python([], WriteScript);
        // Without CR and LF: Python takes those of quoted-printable content for line ends of a text.
        byte[] content = [.. Enumerable.Repeat(Enumerable.Range(0, 256).Where(b => b is not (10 or 13)).Select(b => (byte)b), 40).SelectMany(b => b)];
        using MultipartReader reader = new(new SteppedStream(message, 777), "=_python", MultipartLimits.Default);
        (await reader.NextPartAsync(default)).Part!.ContentId.ShouldBe("root");
        foreach (string id in (string[])["b64", "qp"])
        {
            MultipartStep step = await reader.NextPartAsync(default);
            step.Part.ShouldNotBeNull(step.Fault.ToString()).ContentId.ShouldBe(id);
            PartDigest.TryCreate(step.Part, HashAlgorithmName.SHA256, out PartDigest? digest, out _).ShouldBeTrue();
            using (digest)
            {
                PartChunk chunk;
                do
                {
                    chunk = await reader.ReadChunkAsync(default);
                    digest.TryAppend(chunk.Bytes.Span, out var fault).ShouldBeTrue(fault.ToString());
                }
                while (!chunk.IsLast);

                digest.TryFinish(out byte[] value, out _).ShouldBeTrue();
                digest.DecodedLength.ShouldBe(content.Length);
                value.ShouldBe(SHA256.HashData(content));
            }
        }

        (await reader.NextPartAsync(default)).IsEnd.ShouldBeTrue();
    }

    private static async Task<byte[]> Python(byte[] input, string script, params string[] arguments)
    {
        ProcessStartInfo start = new("/usr/bin/python3") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["-c", script, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        using MemoryStream output = new();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
        return output.ToArray();
    }
}
