namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>Access to a REST service by method and path (UG-SS §7): the decoded path is compared.</summary>
internal static class RestAccess
{
    public static bool Allows(ServiceRegistration service, string verb, string path)
    {
        if (service.Endpoints.Count == 0)
        {
            return true;
        }

        string[] asked = Split(Uri.UnescapeDataString(path));
        // Dot segments would be resolved behind the check: no endpoint is meant by such a path (X-Road 7.7.1).
        return !asked.Contains("..") && !asked.Contains(".")
            && service.Endpoints.Any(endpoint => (endpoint.Method == "*" || endpoint.Method == verb) && Matches(Split(endpoint.Path), asked));
    }

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static bool Matches(string[] pattern, string[] asked)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == "**")
            {
                return true;
            }

            if (i >= asked.Length || (pattern[i] != "*" && pattern[i] != asked[i]))
            {
                return false;
            }
        }

        return asked.Length == pattern.Length;
    }
}
