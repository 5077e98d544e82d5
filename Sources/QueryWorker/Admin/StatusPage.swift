/// The page that shows the status to people: `page.html`, which the executable carries in itself.
enum StatusPage {
    /// It comes from here alone, and asks nothing but this worker. The page narrows it to its own script and style, by their
    /// sums; no text becomes markup or a script, even where that would be asked for (`trusted-types`).
    static let contentSecurityPolicy = """
        default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
        trusted-types 'none'
        """

    static let html = PackageResources.page_html
}
