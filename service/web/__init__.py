"""Server-rendered pages in English and Chinese, and the one module that draws charts."""
