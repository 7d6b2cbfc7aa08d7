using System.Collections;

namespace Tunduk.GrpcHosting;

/// <summary>
/// Headers or trailers of a call, in order, repetition permitted. Keys are lower case <c>0-9 a-z _ - .</c>; a key that ends in
/// <c>-bin</c> carries bytes, any other printable ASCII (gRPC over HTTP/2,
/// "Custom-Metadata"). Keys and values the wire cannot carry, and names that belong to the protocol, throw <see cref="ArgumentException"/>.
/// </summary>
public sealed class Metadata : IReadOnlyCollection<Metadata.Entry>
{
    private const string BinarySuffix = "-bin";
    private readonly List<Entry> _entries = [];

    /// <summary>One header: a text or bytes.</summary>
    public sealed class Entry
    {
        private readonly object _value;

        public Entry(string key, string value)
        {
            Key = CheckedKey(key, binary: false);
            _value = IsText(value) ? value : throw new ArgumentException($"{Key}: the value is not printable ASCII; use a key that ends in -bin.", nameof(value));
        }

        public Entry(string key, byte[] value)
        {
            Key = CheckedKey(key, binary: true);
            _value = value;
        }

        public string Key { get; }
        public bool IsBinary => _value is byte[];

        /// <summary>The text; throws for a binary entry.</summary>
        public string Value => _value as string ?? throw new InvalidOperationException($"{Key} carries bytes.");

        /// <summary>The bytes; those of the text for a text entry.</summary>
        public byte[] ValueBytes => _value as byte[] ?? System.Text.Encoding.ASCII.GetBytes((string)_value);

        private static string CheckedKey(string key, bool binary)
        {
            string lower = key.ToLowerInvariant();
            if (!IsKey(lower))
            {
                throw new ArgumentException("A metadata key consists of 0-9 a-z _ - .", nameof(key));
            }

            if (IsReserved(lower))
            {
                throw new ArgumentException($"{lower} belongs to the protocol and is no metadata.", nameof(key));
            }

            return IsBinaryKey(lower) == binary
                ? lower
                : throw new ArgumentException($"{lower}: a key ends in -bin exactly if its value is bytes.", nameof(key));
        }
    }

    public int Count => _entries.Count;

    public void Add(string key, string value) => _entries.Add(new Entry(key, value));

    public void Add(string key, byte[] value) => _entries.Add(new Entry(key, value));

    public void Add(Entry entry) => _entries.Add(entry);

    /// <summary>The last entry of this name, or null.</summary>
    public Entry? Get(string key) => _entries.FindLast(e => string.Equals(e.Key, key, StringComparison.OrdinalIgnoreCase));

    /// <summary>The last text of this name, or null; throws if the key carries bytes.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The last value of this name as bytes, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <summary>All entries of this name, in order.</summary>
    public IEnumerable<Entry> GetAll(string key) => _entries.Where(e => string.Equals(e.Key, key, StringComparison.OrdinalIgnoreCase));

    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static bool IsBinaryKey(string key) => key.EndsWith(BinarySuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Names that belong to HTTP or to gRPC itself.</summary>
    internal static bool IsReserved(string key) =>
        (key.StartsWith("grpc-", StringComparison.Ordinal) && key != RichStatus.TrailerName)
        || key is "te" or "host" or "content-type" or "content-length" or "connection" or "transfer-encoding" or "trailer" or "date" or "server";

    internal static bool IsText(string value) => value.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;

    internal static bool IsKey(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.');
}
