#include "engine/server/page_files.h"

#include "env/base/embed.h"

HOD_EMBED(hod_page_index, HOD_PAGE_FOLDER "/index.html");
HOD_EMBED(hod_page_script, HOD_PAGE_FOLDER "/app.js");
HOD_EMBED(hod_page_style, HOD_PAGE_FOLDER "/app.css");
HOD_EMBED(hod_page_licenses, HOD_PAGE_FOLDER "/LICENSES.txt");

namespace hod::engine {

absl::Span<const PageFile> PageFiles() {
  static const PageFile kFiles[] = {
      {"/", "text/html; charset=utf-8", hod_page_index()},
      {"/app.js", "text/javascript; charset=utf-8", hod_page_script()},
      {"/app.css", "text/css; charset=utf-8", hod_page_style()},
      {"/LICENSES.txt", "text/plain; charset=utf-8", hod_page_licenses()}};
  return kFiles;
}

}  // namespace hod::engine
