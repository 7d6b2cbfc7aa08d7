namespace Tunduk.Evidence.Http;

/// <summary>Field lines by name.</summary>
internal readonly struct HttpFields(IReadOnlyList<HttpHeaderField> headers)
{
    /// <summary>The only field line of a name, without surrounding white space; null if there is none.</summary>
    public string? Single(string name, out int count)
    {
        string? found = null;
        count = 0;
        for (int i = 0; i < headers.Count; i++)
        {
            HttpHeaderField field = headers[i];
            if (field.Name.Length == name.Length && string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                found = field.Value;
                count++;
            }
        }

        return found?.Trim(' ', '\t');
    }

    /// <summary>All field lines of a name joined with a comma (RFC 9110 §5.3); null if there is none.</summary>
    public string? Joined(string name)
    {
        string? single = Single(name, out int count);
        return count < 2 ? single : string.Join(", ", All(name));
    }

    public List<string> All(string name)
    {
        var values = new List<string>(1);
        for (int i = 0; i < headers.Count; i++)
        {
            if (string.Equals(headers[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                values.Add(headers[i].Value.Trim(' ', '\t'));
            }
        }

        return values;
    }
}
