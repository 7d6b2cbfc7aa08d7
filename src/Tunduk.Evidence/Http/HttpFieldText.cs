using System.Buffers;

namespace Tunduk.Evidence.Http;

/// <summary>
/// What an HTTP header may hold that is signed or written anew here: visible ASCII, space and tab (RFC 9110 §5.5). Readers take more: UTF-8,
/// and control characters that writers then refuse as if the connection had failed, or that stand for something else in a signature base.
/// </summary>
public static class HttpFieldText
{
    private static readonly SearchValues<char> Written = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static c => (char)c), '\t']);

    /// <summary>Whether a value can be written into a header, and signed, as it is.</summary>
    public static bool IsWritable(ReadOnlySpan<char> value) => value.IndexOfAnyExcept(Written) < 0;

    /// <summary>Name of the first header whose value cannot be written; null: all can.</summary>
    public static string? FirstUnwritable(IEnumerable<KeyValuePair<string, string>> headers)
    {
        foreach ((string name, string value) in headers)
        {
            if (!IsWritable(value))
            {
                return name;
            }
        }

        return null;
    }
}
