using System.Text;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>Messages as text.</summary>
internal static class SoapText
{
    /// <summary>The text of a message in its charset; a byte order mark is none of it.</summary>
    public static StreamReader Open(ReadOnlyMemory<byte> message, Encoding charset)
    {
        var text = new StreamReader(new ReadOnlyMemoryStream(message), charset, detectEncodingFromByteOrderMarks: false);
        if (text.Peek() == '\uFEFF')
        {
            _ = text.Read();
        }

        return text;
    }
}
