/** Opens and closes the native dialog of an element as its state says: after each drawing, since the dialog is drawn only while it is wanted. */
export function syncDialog(root: ParentNode, wanted: boolean): void {
  const dialog = root.querySelector('dialog')
  if (dialog === null || dialog.open === wanted) return
  if (wanted) dialog.showModal()
  else dialog.close()
}
